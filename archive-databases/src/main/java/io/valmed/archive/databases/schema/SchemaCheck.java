package io.valmed.archive.databases.schema;

import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether a database has exactly the migrations that this release goes with. Whoever writes asks
 * first: a release that does not know a migration cannot know what its tables promise.
 */
public final class SchemaCheck {
  private static final Set<String> NOT_MIGRATED =
      Set.of(SqlState.UNDEFINED_TABLE, SqlState.INVALID_SCHEMA_NAME);

  private SchemaCheck() {}

  /**
   * Compares what was applied with what this release knows.
   *
   * @param connection as any role of the product's
   * @throws OtherReleaseException when the database's migrations are newer or older, or cannot be
   *     read
   */
  public static void of(ReleaseSchema release, Connection connection) throws SQLException {
    Map<Long, String> applied = applied(release, connection);
    for (Map.Entry<Long, String> migration : applied.entrySet()) {
      if (!release.ids().contains(migration.getKey())) {
        throw new OtherReleaseException(
            "The %s database at %s has migration %03d %s, which this release does not know (it goes with %s %s); run the release that applied it, or a newer one: './archive version' shows what a release goes with."
                .formatted(
                    release.word(),
                    place(connection),
                    migration.getKey(),
                    migration.getValue(),
                    release.word(),
                    release.version()));
      }
    }
    for (String file : release.files()) {
      long id = Long.parseLong(file.substring(0, 3));
      if (!applied.containsKey(id)) {
        throw new OtherReleaseException(
            "The %s database at %s lacks migration %03d %s, which this release needs; stop the services of the release before, then run './archive migrate %s up' and './archive provision %s'."
                .formatted(
                    release.word(),
                    place(connection),
                    id,
                    file.substring(4).replace('_', ' '),
                    release.word(),
                    release.word()));
      }
    }
  }

  private static Map<Long, String> applied(ReleaseSchema release, Connection connection)
      throws SQLException {
    String sql =
        """
        SELECT id, description
        FROM arc.changelog
        """;
    Map<Long, String> applied = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        applied.put(row.getLong(1), row.getString(2));
      }
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (!NOT_MIGRATED.contains(state) && !SqlState.INSUFFICIENT_PRIVILEGE.equals(state)) {
        throw e;
      }
      throw new OtherReleaseException(
          "The %s database lacks arc.changelog, or this role may not read it; run './archive migrate %s up' and './archive provision %s'."
              .formatted(release.word(), release.word(), release.word()),
          e);
    }
    return applied;
  }

  private static String place(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    return url.replaceFirst("^jdbc:postgresql://", "").replaceFirst("[?].*$", "");
  }
}
