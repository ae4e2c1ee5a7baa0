package io.valmed.archive.capture.start;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;

/** About how many rows tables have, as hot's planner believes: for a line in the log alone. */
public final class EstimatedRows {
  private static final String SQL =
      """
      SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
      FROM unnest(?::text[]) AS t (name) JOIN pg_class c ON c.oid = to_regclass(t.name)
      """;

  private EstimatedRows() {}

  /** All of them together. */
  public static long of(Connection hot, Collection<TableId> tables) throws SQLException {
    try (PreparedStatement query = hot.prepareStatement(SQL)) {
      query.setArray(1, hot.createArrayOf("text", tables.stream().map(TableId::sql).toArray()));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
