package io.valmed.archive.databases.witness;

import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Journal pages whose outcome is not known although their transactions must be over. */
public final class OpenPages {
  private static final String SQL =
      """
      SELECT id, worker, root_table, rows, intended_at FROM arc.purge_page
      WHERE prefix = ? AND outcome = 'intended' AND intended_at < clock_timestamp() - make_interval(secs => ?)
      ORDER BY id
      """;

  private OpenPages() {}

  /**
   * A page without outcome.
   *
   * @param id its number in {@code arc.purge_page}
   * @param worker whose page it is
   * @param root the root table
   * @param rows how many rows it was to delete
   * @param intendedAt when
   */
  public record Page(long id, String worker, String root, int rows, Instant intendedAt) {}

  /** Those of all workers, of whatever hot server, that are older than a transaction may last. */
  public static List<Page> read(Settings settings) throws SQLException {
    try (Connection archive = settings.archive().purger().connect("archive purge pages")) {
      return read(archive, settings);
    }
  }

  /** The same in an open session. */
  public static List<Page> read(Connection archive, Settings settings) throws SQLException {
    List<Page> pages = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(SQL)) {
      query.setString(1, settings.prefix());
      query.setDouble(2, settings.purge().transactionTimeout().toMillis() / 1000.0);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          pages.add(
              new Page(
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getInt(4),
                  row.getObject(5, OffsetDateTime.class).toInstant()));
        }
      }
    }
    return pages;
  }
}
