package io.valmed.archive.e2e.support;

import io.valmed.archive.model.change.RowDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the databases hold of one table.
 *
 * @param hot rows by key
 * @param mirror rows by key
 * @param cold departed rows
 */
record StoredRows(
    Map<List<String>, List<@Nullable String>> hot,
    Map<List<String>, List<@Nullable String>> mirror,
    List<Departed> cold) {

  /** A row of the cold store. */
  record Departed(String cause, List<@Nullable String> image) {}

  static StoredRows read(Installation installation, WorldTable table) throws SQLException {
    List<String> coldColumns = new ArrayList<>(table.columns());
    coldColumns.add("arc_cause");
    try (Connection hot = installation.hotAsOwner();
        Connection archive = installation.archiveAsOwner()) {
      return new StoredRows(
          byKey(table, rows(hot, table.columns(), table.id().sql())),
          byKey(table, rows(archive, table.columns(), table.id().sql())),
          rows(archive, coldColumns, table.id().cold().sql()).stream()
              .map(
                  row ->
                      new Departed(
                          String.valueOf(row.get(row.size() - 1)), row.subList(0, row.size() - 1)))
              .toList());
    }
  }

  private static Map<List<String>, List<@Nullable String>> byKey(
      WorldTable table, List<List<@Nullable String>> rows) {
    Map<List<String>, List<@Nullable String>> byKey = new HashMap<>();
    rows.forEach(row -> byKey.put(table.keyOf(row), row));
    return byKey;
  }

  private static List<List<@Nullable String>> rows(
      Connection connection, List<String> columns, String from) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      statement.setFetchSize(5_000);
      try (ResultSet result =
          statement.executeQuery("SELECT " + WorldTable.texts(columns) + " FROM " + from)) {
        while (result.next()) {
          List<@Nullable String> row = new ArrayList<>();
          for (int i = 1; i <= columns.size(); i++) {
            row.add(result.getString(i));
          }
          rows.add(row);
        }
      }
    }
    connection.rollback();
    return rows;
  }
}
