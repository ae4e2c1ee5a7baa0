package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.StopException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * One role's way into one database.
 *
 * @param url JDBC URL without user and password; of several hosts the primary is connected to
 * @param user the database role
 * @param passwordFile file whose first line is the password, read anew at every connection so that
 *     it can be rotated; null: the server asks for none
 * @param tls how the connection is encrypted
 * @param name how messages call the server: {@code hot}, {@code archive}, or {@code PostgreSQL}
 */
public record DatabaseLogin(
    String url, String user, @Nullable Path passwordFile, DatabaseTls tls, String name) {
  private static final String NO_NAME = "PostgreSQL";
  private static final String SCHEME = "jdbc:postgresql:";

  /** What a server version does not have is null here. */
  private static final String NO_TIMEOUTS =
      """
      SELECT set_config(name, '0', false)
      FROM unnest(ARRAY['statement_timeout', 'lock_timeout', 'transaction_timeout',
        'idle_in_transaction_session_timeout', 'idle_session_timeout']) AS name
      WHERE current_setting(name, true) <> '0'
      """;

  public DatabaseLogin {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(name, "name");
  }

  /** A login to a server that the settings do not name. */
  public DatabaseLogin(String url, String user, @Nullable Path passwordFile, DatabaseTls tls) {
    this(url, user, passwordFile, tls, NO_NAME);
  }

  /** A login that is encrypted if the server can. */
  public DatabaseLogin(String url, String user, @Nullable Path passwordFile) {
    this(url, user, passwordFile, DatabaseTls.IF_OFFERED);
  }

  /** As {@link #connect(String, Map)}, with the driver's defaults. */
  public Connection connect(String applicationName) throws SQLException {
    return connect(applicationName, Map.of());
  }

  /**
   * Opens a connection in auto-commit mode. It gives up after 10 s without an answer to the connect
   * and keeps TCP keep-alives; statements have no client-side timeout. Timeouts that the server,
   * the database or the role sets are for the application: the session begins without any, and
   * whoever opens it sets those that it needs.
   *
   * @param applicationName shown in {@code pg_stat_activity}
   * @param further the driver's properties that this connection needs besides
   * @throws StopException when a person must act first: the password or a certificate is refused, a
   *     file cannot be read
   * @throws SQLException when the server cannot be reached, or refuses for another reason
   */
  public Connection connect(String applicationName, Map<String, String> further)
      throws SQLException {
    DatabaseRefusal refusal = new DatabaseRefusal(this);
    refusal.checkFiles();
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password());
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "15");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("logServerErrorDetail", "false");
    if (PrimaryHost.several(url)) {
      properties.setProperty("targetServerType", "primary");
      // A standby may have been promoted a moment ago.
      properties.setProperty("hostRecheckSeconds", "1");
    }
    tls.addTo(properties);
    properties.putAll(further);
    try {
      Connection connection = DriverManager.getConnection(url, properties);
      // A physical replication connection takes no SQL, and is not bound by these timeouts.
      return "true".equals(further.get("replication")) ? connection : withoutTimeouts(connection);
    } catch (SQLException e) {
      StopException stop = refusal.of(e);
      if (stop != null) {
        throw stop;
      }
      throw ServerTrouble.unreached(this, e);
    }
  }

  private static Connection withoutTimeouts(Connection connection) throws SQLException {
    try (Statement settings = connection.createStatement()) {
      settings.execute(NO_TIMEOUTS);
      return connection;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  /**
   * The password; empty when there is no file.
   *
   * @throws StopException when the file cannot be read
   */
  public String password() {
    return PasswordFile.read(passwordFile, "database role " + user, "password-file");
  }

  /** For a message: {@code hot (127.0.0.1:5432, database hospital, user arc_purger)}. */
  public String where() {
    return "%s (%s, database %s, user %s)".formatted(name, hosts(), database(), user);
  }

  /** The same whoever the user is. */
  public String place() {
    return "%s (%s, database %s)".formatted(name, hosts(), database());
  }

  /**
   * The same of a session that is open.
   *
   * @param server {@code hot} or {@code archive}
   */
  public static String placeOf(String server, Connection session) {
    try {
      String url = session.getMetaData().getURL();
      return new DatabaseLogin(url, "", null, DatabaseTls.IF_OFFERED, server).place();
    } catch (SQLException e) {
      // It has ended meanwhile.
      return server;
    }
  }

  /** What to do when it does not answer, as a sentence without its full stop. */
  public String wayOut() {
    String host = hosts().split(",", 2)[0];
    int colon = host.lastIndexOf(':');
    boolean port = colon > 0 && !host.endsWith("]");
    return "See that PostgreSQL runs there and can be reached from here ('pg_isready -h %s%s')%s"
        .formatted(
            port ? host.substring(0, colon) : host,
            port ? " -p " + host.substring(colon + 1) : "",
            name.equals(NO_NAME)
                ? ", or correct the address"
                : ", or correct '" + name + ".url' in the settings");
  }

  private String hosts() {
    String address = address();
    int slash = address.indexOf('/');
    String hosts = slash < 0 ? "" : address.substring(0, slash);
    return hosts.isEmpty() ? "localhost" : hosts;
  }

  private String database() {
    String address = address();
    String name = address.substring(address.indexOf('/') + 1);
    return name.isEmpty() ? user : name;
  }

  /** Hosts, a slash and the database; or the database alone. No user and no password. */
  public String address() {
    String rest = url.startsWith(SCHEME) ? url.substring(SCHEME.length()) : url;
    int end = rest.indexOf('?');
    String address = end < 0 ? rest : rest.substring(0, end);
    return address.startsWith("//") ? address.substring(2) : address;
  }

  /** Tells no more than role, name and address. */
  @Override
  public String toString() {
    return user + " at " + (name.equals(NO_NAME) ? "" : name + ", ") + url;
  }
}
