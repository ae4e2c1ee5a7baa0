package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All columns that a mirror has of the hot table, as if they were one version. Read from the
 * catalog each time: another sink may have added one, and a row that is moved must not lose it.
 */
public final class WholeTable {
  private static final String COLUMNS =
      """
      SELECT attname, format_type(atttypid, -1) FROM pg_attribute
      WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE 'arc\\_%'
      ORDER BY attnum
      """;
  private static final String KEY =
      "SELECT key FROM arc.archived_table WHERE schema_name = ? AND table_name = ?";

  private WholeTable() {}

  /** Reads it; the mirror must exist. */
  public static TableSchema read(Connection connection, TableId table) throws SQLException {
    return Objects.requireNonNull(find(connection, table), "the mirror");
  }

  /** Reads it; null: the archive has no such table. */
  public static @Nullable TableSchema find(Connection connection, TableId table)
      throws SQLException {
    List<String> key = key(connection, table);
    List<ColumnSchema> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, table.sql());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String type = rows.getString(2);
          columns.add(new ColumnSchema(rows.getString(1), type, type, null));
        }
      }
    }
    return key.isEmpty() || columns.isEmpty() ? null : new TableSchema(table, 1, columns, key);
  }

  private static List<String> key(Connection connection, TableId table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(KEY)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? List.of((String[]) row.getArray(1).getArray()) : List.of();
      }
    }
  }
}
