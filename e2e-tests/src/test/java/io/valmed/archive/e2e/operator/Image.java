package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row as a database holds it. Every write of the application has a stamp of its own.
 *
 * @param row its table and key
 * @param stamp which write it is of
 * @param values its columns' text forms, the product's own columns left out; a null is left out
 * @param cause why it left, in the cold store; elsewhere empty
 */
record Image(RowKey row, long stamp, Map<String, String> values, String cause) {

  /** Every row that the query gives, which has the columns {@code id} and {@code stamp}. */
  static List<Image> read(Connection connection, TableId table, String query) throws SQLException {
    List<Image> images = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        images.add(of(table, rows));
      }
    }
    return images;
  }

  private static Image of(TableId table, ResultSet rows) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    String cause = "";
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      String name = rows.getMetaData().getColumnName(i);
      String value = rows.getString(i);
      if (name.equals("arc_cause")) {
        cause = value;
      } else if (!name.startsWith("arc_") && value != null) {
        values.put(name, value);
      }
    }
    RowKey key = new RowKey(table, List.of(rows.getString("id")));
    return new Image(key, rows.getLong("stamp"), values, cause);
  }

  /** Whether the archive's row says all that this one says; it may know further columns. */
  boolean isKeptBy(Image archived) {
    return stamp == archived.stamp && archived.values.entrySet().containsAll(values.entrySet());
  }
}
