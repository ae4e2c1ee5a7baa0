package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A temporary table that images of one version, or keys, are copied into on their way to mirror or
 * cold store. It lives as long as the connection and is emptied by every commit.
 */
public final class Stage {
  private final String name;
  private List<Received> held = List.of();
  private boolean used;

  private Stage(String name) {
    this.name = name;
  }

  /** One for images and departures; to be committed before it is used. */
  public static Stage ofRows(Connection connection, String name, TableSchema schema)
      throws SQLException {
    return create(connection, name, RowCopy.columns(schema) + ", NULL::text AS arc_cause", schema);
  }

  /** One for keys and the places of their changes; to be committed before it is used. */
  public static Stage ofKeys(Connection connection, String name, TableSchema schema)
      throws SQLException {
    return create(connection, name, RowCopy.keyColumns(schema), schema);
  }

  private static Stage create(
      Connection connection, String name, String columns, TableSchema schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TEMP TABLE %s ON COMMIT DELETE ROWS AS SELECT %s FROM %s WITH NO DATA"
              .formatted(name, columns, schema.table().sql()));
    }
    return new Stage("pg_temp." + name);
  }

  /** A transaction has begun: the table is empty. */
  public void begin() {
    used = false;
    forget();
  }

  /** A part of the transaction was rolled back: what the table holds is not known. */
  public void forget() {
    held = List.of();
  }

  /**
   * Empties it if this transaction has used it before, then copies the rows into it; does nothing
   * when it holds these very rows.
   */
  public void fill(Connection connection, RowCopy copy, List<Received> rows, String archivedAt)
      throws SQLException {
    if (!rows.isEmpty() && holds(rows)) {
      return;
    }
    empty(connection);
    copy.sendToStage(name, rows, archivedAt);
    held = rows;
  }

  @SuppressWarnings("ReferenceEquality") // the same records, not equal ones
  private boolean holds(List<Received> rows) {
    if (held.size() != rows.size()) {
      return false;
    }
    for (int i = 0; i < rows.size(); i++) {
      if (held.get(i) != rows.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** As {@link #fill}, with the rows' keys. */
  public void fillKeys(Connection connection, RowCopy copy, List<Received> rows)
      throws SQLException {
    empty(connection);
    copy.sendKeys(name, rows);
  }

  private void empty(Connection connection) throws SQLException {
    forget();
    if (used) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("TRUNCATE " + name);
      }
    }
    used = true;
  }

  /** Its name as SQL text. */
  public String sql() {
    return name;
  }
}
