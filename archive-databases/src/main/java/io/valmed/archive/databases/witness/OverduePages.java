package io.valmed.archive.databases.witness;

import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Committed journal pages of a root table whose rows have not all come as departures in time.
 *
 * @param root the root table, as the journal writes it
 * @param pages how many pages
 * @param rows all their rows, also those that have come
 * @param oldest the oldest page's number in {@code arc.purge_page}
 * @param since when it was committed, by the archive's clock
 * @param news whether some of them were not overdue yet when a person last ended this hold
 */
public record OverduePages(
    String root, long pages, long rows, long oldest, Instant since, boolean news) {
  private static final String SQL =
      """
      SELECT p.root_table, count(*), sum(p.rows), min(p.id), min(p.settled_at),
        max(p.settled_at) + make_interval(secs => ?) > coalesce((
          SELECT max(h.released_at) FROM arc.purge_hold h
          WHERE h.scope = p.root_table AND h.prefix = p.prefix AND h.held_by = ? AND h.released_by <> h.held_by), '-infinity')
      FROM arc.purge_unwitnessed u JOIN arc.purge_page p ON p.id = u.page
      WHERE p.prefix = ? AND p.outcome = 'committed' AND p.settled_at < clock_timestamp() - make_interval(secs => ?)
      GROUP BY p.root_table, p.prefix ORDER BY p.root_table
      """;

  /** All of them, for whoever asks. */
  public static List<OverduePages> read(Settings settings) throws SQLException {
    try (Connection archive = settings.archive().purger().connect("archive purge witnesses")) {
      return read(archive, settings.prefix(), settings.purge().witnessWithin());
    }
  }

  /** The same in an open session. */
  public static List<OverduePages> read(Connection archive, String prefix, Duration within)
      throws SQLException {
    List<OverduePages> all = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(SQL)) {
      double seconds = within.toMillis() / 1e3;
      query.setDouble(1, seconds);
      query.setString(2, WitnessHold.WHO);
      query.setString(3, prefix);
      query.setDouble(4, seconds);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          all.add(
              new OverduePages(
                  row.getString(1),
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getObject(5, OffsetDateTime.class).toInstant(),
                  row.getBoolean(6)));
        }
      }
    }
    return all;
  }
}
