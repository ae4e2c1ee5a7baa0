package io.valmed.archive.databases.seen;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How large tables are, with their partitions. Rows are what the statistics say; bytes are of
 * files. Opens each table, so that it waits for whoever holds one exclusively.
 *
 * @param rows an estimate
 * @param bytes with indexes and TOAST
 * @param indexBytes of them the indexes
 */
public record TableSizes(long rows, long bytes, long indexBytes) {
  // Live tuples are counted since the last crash; what has not been counted was analyzed at most.
  private static final String SQL =
      """
      SELECT t.schema_name, t.table_name,
        sum(CASE WHEN pg_stat_get_live_tuples(r.oid) + pg_stat_get_tuples_inserted(r.oid) > 0 THEN pg_stat_get_live_tuples(r.oid)
          ELSE greatest(k.reltuples, 0) END)::bigint,
        sum(pg_total_relation_size(r.oid))::bigint, sum(pg_indexes_size(r.oid))::bigint
      FROM unnest(?::text[], ?::text[]) AS t (schema_name, table_name)
      JOIN pg_namespace n ON n.nspname = t.schema_name JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.table_name
      CROSS JOIN LATERAL (SELECT c.oid UNION SELECT relid FROM pg_partition_tree(c.oid)) AS r (oid)
      JOIN pg_class k ON k.oid = r.oid
      GROUP BY t.schema_name, t.table_name
      """;

  /** Of those of the tables that are there. */
  public static Map<TableId, TableSizes> read(Connection connection, Collection<TableId> tables)
      throws SQLException {
    Map<TableId, TableSizes> sizes = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(SQL)) {
      Object[] schemas = tables.stream().map(TableId::schema).toArray();
      Object[] names = tables.stream().map(TableId::name).toArray();
      query.setArray(1, connection.createArrayOf("text", schemas));
      query.setArray(2, connection.createArrayOf("text", names));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          sizes.put(
              new TableId(row.getString(1), row.getString(2)),
              new TableSizes(row.getLong(3), row.getLong(4), row.getLong(5)));
        }
      }
    }
    return sizes;
  }
}
