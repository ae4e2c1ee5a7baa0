package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the columns of a version differ from those of the versions before it. An archive notes a
 * version only when it has all before it, so this never changes.
 *
 * @param dropped columns that an earlier version has and this one lacks: the archive keeps their
 *     values, and no record of this version brings one
 * @param lacking per column of this version the earlier versions that lack it
 * @param returned per column of this version that was dropped and added again, the version that it
 *     came back with: what an image of an earlier version has there is the former column's value
 */
public record EarlierColumns(
    List<String> dropped, Map<String, List<Integer>> lacking, Map<String, Integer> returned) {
  private static final String EARLIER =
      """
      SELECT v.version, c.item ->> 'name'
      FROM arc.table_version v CROSS JOIN jsonb_array_elements(v.columns) AS c (item)
      WHERE v.schema_name = ? AND v.table_name = ? AND v.version < ?
      """;

  /** Reads what the archive has noted of the table's earlier versions. */
  public static EarlierColumns read(Connection connection, TableSchema schema) throws SQLException {
    TreeMap<Integer, Set<String>> versions = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(EARLIER)) {
      statement.setString(1, schema.table().schema());
      statement.setString(2, schema.table().name());
      statement.setInt(3, schema.version());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          versions.computeIfAbsent(rows.getInt(1), v -> new HashSet<>()).add(rows.getString(2));
        }
      }
    }
    return of(schema, versions);
  }

  /** Whether a column was dropped and came back. */
  public boolean anyReturned() {
    return !returned.isEmpty();
  }

  private static EarlierColumns of(TableSchema schema, TreeMap<Integer, Set<String>> versions) {
    Set<String> dropped = new TreeSet<>();
    versions.values().forEach(dropped::addAll);
    dropped.removeAll(schema.columnNames());
    Map<String, List<Integer>> lacking = new HashMap<>();
    Map<String, Integer> returned = new HashMap<>();
    for (String column : schema.columnNames()) {
      List<Integer> without =
          versions.entrySet().stream()
              .filter(v -> !v.getValue().contains(column))
              .map(Map.Entry::getKey)
              .toList();
      if (without.isEmpty()) {
        continue;
      }
      lacking.put(column, without);
      int last = without.get(without.size() - 1);
      if (versions.headMap(last).values().stream().anyMatch(v -> v.contains(column))) {
        Integer next = versions.higherKey(last);
        returned.put(column, next == null ? schema.version() : next);
      }
    }
    return new EarlierColumns(List.copyOf(dropped), lacking, returned);
  }
}
