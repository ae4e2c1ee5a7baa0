package io.valmed.archive.databases.hold;

import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code arc.purge_hold} of one database, for services that hold and release by
 * themselves. A service has one open hold of each scope under each of its names; whoever sets a
 * hold ends it (ADR 129). Works in the session's transaction, if one is open.
 */
public final class HoldTable {
  /** The scope that holds all tables. */
  public static final String EVERYTHING = "*";

  // A hold without a prefix, as an earlier release wrote it, is every installation's.
  private static final String MINE = "released_at IS NULL AND held_by = ? AND prefix IN ('', ?)";

  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
      SELECT w.scope, ?, w.who, w.prefix FROM (SELECT ?::text AS scope, ?::text AS who, ?::text AS prefix) AS w
      WHERE NOT EXISTS (
        SELECT FROM arc.purge_hold h
        WHERE h.released_at IS NULL AND h.scope = w.scope AND h.held_by = w.who AND h.prefix = w.prefix)
      RETURNING id
      """;
  private static final String DESCRIBE =
      "UPDATE arc.purge_hold SET reason = ? WHERE scope = ? AND " + MINE;
  private static final String RELEASE =
      "UPDATE arc.purge_hold SET released_by = held_by, released_at = clock_timestamp() WHERE "
          + MINE;
  private static final String HELD =
      "SELECT EXISTS (SELECT FROM arc.purge_hold WHERE scope = ? AND " + MINE + ")";
  private static final String SCOPES =
      "SELECT DISTINCT scope FROM arc.purge_hold WHERE released_at IS NULL AND prefix IN ('', ?)";
  private static final String FIRST =
      """
      SELECT scope, reason, held_by FROM arc.purge_hold
      WHERE released_at IS NULL AND scope = ANY (?::text[]) AND prefix IN ('', ?) ORDER BY id LIMIT 1
      """;

  private final Connection connection;
  private final String prefix;

  /**
   * @param connection a session in hot or the archive; never closed here
   * @param prefix the installation
   */
  public HoldTable(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /**
   * Holds, unless that holder holds that scope already.
   *
   * @param scope {@link #EVERYTHING} or a table as {@code TableId.toString} writes it
   * @param reason one sentence: why, and what ends it
   * @param heldBy the holder's name
   * @return the new hold's number; empty: it was held
   */
  public OptionalLong hold(String scope, String reason, String heldBy) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(HOLD)) {
      texts(insert, reason, scope, heldBy, prefix);
      try (ResultSet row = insert.executeQuery()) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  /** Gives the holder's open hold of that scope another reason; false: there is none. */
  public boolean describe(String scope, String reason, String heldBy) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(DESCRIBE)) {
      texts(update, reason, scope, heldBy, prefix);
      return update.executeUpdate() > 0;
    }
  }

  /** Whether that holder holds that scope. */
  public boolean held(String scope, String heldBy) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(HELD)) {
      texts(query, scope, heldBy, prefix);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /**
   * Ends that holder's holds of these scopes.
   *
   * @return the scopes that were held
   */
  public List<String> release(String heldBy, Collection<String> scopes) throws SQLException {
    return release(heldBy, "scope = ANY (?::text[])", scopes);
  }

  /** The same for all scopes but these. */
  public List<String> releaseAllBut(String heldBy, Collection<String> scopes) throws SQLException {
    return release(heldBy, "scope <> ALL (?::text[])", scopes);
  }

  private List<String> release(String heldBy, String which, Collection<String> scopes)
      throws SQLException {
    List<String> released = new ArrayList<>();
    String sql = RELEASE + " AND " + which + " RETURNING scope";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      texts(update, heldBy, prefix, TextArray.write(List.copyOf(scopes)));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          released.add(row.getString(1));
        }
      }
    }
    return released;
  }

  /** What is held at all, whoever holds it. */
  public Set<String> scopes() throws SQLException {
    Set<String> held = new HashSet<>();
    try (PreparedStatement query = connection.prepareStatement(SCOPES)) {
      texts(query, prefix);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          held.add(row.getString(1));
        }
      }
    }
    return held;
  }

  /**
   * The oldest open hold of these scopes or of everything, whoever holds it, in a sentence; null:
   * there is none.
   */
  public @Nullable String first(Collection<String> scopes) throws SQLException {
    List<String> all = new ArrayList<>(scopes);
    all.add(EVERYTHING);
    try (PreparedStatement query = connection.prepareStatement(FIRST)) {
      texts(query, TextArray.write(all), prefix);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? "%s is held by %s: %s".formatted(row.getString(1), row.getString(3), row.getString(2))
            : null;
      }
    }
  }

  private static void texts(PreparedStatement statement, String... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
  }
}
