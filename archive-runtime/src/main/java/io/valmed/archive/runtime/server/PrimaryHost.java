package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of an address's hosts is the primary. A service asks when it opens its work and then keeps
 * all its sessions on that one server: sessions that each looked for a primary of their own could
 * find two.
 */
public final class PrimaryHost {
  private static final String SCHEME = "jdbc:postgresql://";

  private PrimaryHost() {}

  /**
   * The login with an address of one host, the primary.
   *
   * @throws StopException when several of its hosts are primaries
   * @throws SQLException when none is, or none answers: to be tried again
   */
  public static DatabaseLogin of(DatabaseLogin login) throws SQLException {
    List<String> primaries = new ArrayList<>();
    List<String> standbys = new ArrayList<>();
    @Nullable SQLException unreached = null;
    for (String url : urls(login.url())) {
      DatabaseLogin one = at(login, url);
      try {
        (inRecovery(one) ? standbys : primaries).add(url);
      } catch (SQLException e) {
        if (unreached != null) {
          e.addSuppressed(unreached);
        }
        unreached = e;
      }
    }
    if (primaries.size() > 1) {
      throw new StopException(
          "More than one server takes writes as the primary: "
              + String.join(", ", primaries)
              + ". Nothing is read or written: stop the one that was left behind at the failover,"
              + " or take it out of 'url'.");
    }
    if (!primaries.isEmpty()) {
      return at(login, primaries.get(0));
    }
    if (unreached != null) {
      throw unreached;
    }
    throw new SQLException(
        String.join(", ", standbys)
            + " is a standby, on which nothing can be changed; promote it, or name the primary in"
            + " 'url'",
        SqlState.CANNOT_CONNECT_NOW);
  }

  private static boolean inRecovery(DatabaseLogin login) throws SQLException {
    try (Connection connection = login.connect("valmed-archive");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_is_in_recovery()")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static DatabaseLogin at(DatabaseLogin login, String url) {
    return new DatabaseLogin(url, login.user(), login.passwordFile(), login.tls(), login.name());
  }

  /** The same login at each host of its address, in their order. */
  public static List<DatabaseLogin> each(DatabaseLogin login) {
    return urls(login.url()).stream().map(url -> at(login, url)).toList();
  }

  /** Whether the address names several hosts. */
  public static boolean several(String url) {
    return urls(url).size() > 1;
  }

  private static List<String> urls(String url) {
    if (!url.startsWith(SCHEME)) {
      return List.of(url);
    }
    String rest = url.substring(SCHEME.length());
    int end = 0;
    while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
      end++;
    }
    List<String> urls = new ArrayList<>();
    for (String host : rest.substring(0, end).split(",", -1)) {
      urls.add(SCHEME + host + rest.substring(end));
    }
    return urls;
  }
}
