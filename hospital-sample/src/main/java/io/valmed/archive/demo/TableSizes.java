package io.valmed.archive.demo;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts rows and bytes of tables. */
final class TableSizes {
  private final Connection connection;

  TableSizes(Connection connection) {
    this.connection = connection;
  }

  /** Rows of each table that is there; none of one that is not. */
  Map<TableId, Long> rows(Collection<TableId> tables) throws SQLException {
    Map<TableId, Long> rows = new LinkedHashMap<>();
    for (TableId table : tables) {
      rows.put(table, exists(table) ? count("SELECT count(*) FROM " + table.sql()) : 0L);
    }
    return rows;
  }

  /** Bytes of each table with its indexes. */
  Map<TableId, Long> bytes(Collection<TableId> tables) throws SQLException {
    Map<TableId, Long> bytes = new LinkedHashMap<>();
    for (TableId table : tables) {
      bytes.put(table, exists(table) ? size(table) : 0L);
    }
    return bytes;
  }

  /** Gives the space of deleted rows back to the disk. Locks each table: not for a hospital. */
  void compact(Collection<TableId> tables) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (TableId table : tables) {
        statement.execute("VACUUM (FULL, ANALYZE) " + table.sql());
      }
    }
  }

  private boolean exists(TableId table) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      query.setString(1, table.sql());
      try (ResultSet result = query.executeQuery()) {
        return result.next() && result.getBoolean(1);
      }
    }
  }

  private long size(TableId table) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT pg_total_relation_size(?::regclass)")) {
      query.setString(1, table.sql());
      try (ResultSet result = query.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  private long count(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
