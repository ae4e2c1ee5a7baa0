package io.valmed.archive.databases.seen;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;

/**
 * What has been purged, by the journal: reads all its pages, but not their rows.
 *
 * @param rows rows of a root table's pages, its children's too
 * @param newest when the last page was committed, by the archive's clock
 * @param roots rows of the root table alone
 * @param rootsOfLastHour of them those of the last hour
 */
public record PurgedRows(long rows, Instant newest, long roots, long rootsOfLastHour) {
  private static final String SQL =
      """
      SELECT root_table, sum(rows)::bigint, max(settled_at), sum(aggregates)::bigint,
        coalesce(sum(aggregates) FILTER (WHERE settled_at > clock_timestamp() - interval '1 hour'), 0)::bigint
      FROM arc.purge_page
      WHERE prefix = ? AND outcome = 'committed' AND settled_at IS NOT NULL GROUP BY root_table
      """;

  /** By root table, as the journal writes it. */
  public static Map<String, PurgedRows> read(Connection archive, String prefix)
      throws SQLException {
    Map<String, PurgedRows> purged = new HashMap<>();
    try (PreparedStatement query = archive.prepareStatement(SQL)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          purged.put(
              row.getString(1),
              new PurgedRows(
                  row.getLong(2),
                  row.getObject(3, OffsetDateTime.class).toInstant(),
                  row.getLong(4),
                  row.getLong(5)));
        }
      }
    }
    return purged;
  }
}
