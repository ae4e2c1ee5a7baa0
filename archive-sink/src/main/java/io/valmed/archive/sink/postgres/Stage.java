package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A temporary table that images of one version are copied into on their way to mirror or cold
 * store. It lives as long as the connection and is emptied by every commit.
 */
final class Stage {
  private final String name;
  private boolean used;

  private Stage(String name) {
    this.name = name;
  }

  /** Makes it with the column types of the mirror; to be committed before it is used. */
  static Stage create(Connection connection, String name, TableSchema schema) throws SQLException {
    Stage stage = new Stage("pg_temp." + name);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TEMP TABLE %s ON COMMIT DELETE ROWS AS
          SELECT %s, NULL::text AS arc_cause FROM %s WITH NO DATA
          """
              .formatted(name, RowCopy.columns(schema), schema.table().sql()));
    }
    return stage;
  }

  /** A transaction has begun: the table is empty. */
  void begin() {
    used = false;
  }

  /** Empties it if this transaction has used it before, then copies the rows into it. */
  void fill(Connection connection, RowCopy copy, List<Received> rows, String archivedAt)
      throws SQLException {
    if (used) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("TRUNCATE " + name);
      }
    }
    used = true;
    copy.send(name, rows, archivedAt, true);
  }

  /** Its name as SQL text. */
  String sql() {
    return name;
  }
}
