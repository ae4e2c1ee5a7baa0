package io.valmed.archive.runtime.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Questions to a database, answered as values and lists.
 *
 * @param connection open; never closed here
 */
public record Query(Connection connection) {

  /** Reads one row. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The answer of a query for one boolean; no row and null count as false. */
  public boolean holds(String sql, Object... arguments) throws SQLException {
    return rows(row -> row.getBoolean(1), sql, arguments).stream()
        .findFirst()
        .orElse(Boolean.FALSE);
  }

  /** The first column of the first row; nothing when there is no row or a null. */
  public Optional<String> text(String sql, Object... arguments) throws SQLException {
    return rows(row -> Optional.ofNullable(row.getString(1)), sql, arguments).stream()
        .findFirst()
        .flatMap(found -> found);
  }

  /** The first column of all rows. */
  public List<String> texts(String sql, Object... arguments) throws SQLException {
    return rows(row -> row.getString(1), sql, arguments);
  }

  /** All rows. */
  public <T> List<T> rows(RowReader<T> reader, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        List<T> rows = new ArrayList<>();
        while (row.next()) {
          rows.add(reader.read(row));
        }
        return rows;
      }
    }
  }

  /** A column of type text[] or name[] as a list; null counts as empty. */
  public static List<String> list(ResultSet row, int column) throws SQLException {
    @Nullable Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  /** Whether the role of that name exists. */
  public boolean roleExists(String role) throws SQLException {
    return holds("SELECT true FROM pg_roles WHERE rolname = ?", role);
  }
}
