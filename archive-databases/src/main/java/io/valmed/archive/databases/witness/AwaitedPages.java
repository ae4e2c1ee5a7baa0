package io.valmed.archive.databases.witness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Journal pages that wait for their witnesses. A page comes in when it is written and goes out once
 * the sinks have put as many rows of its transaction into the cold store as it has.
 */
public final class AwaitedPages {
  private static final int AT_ONCE = 2000;
  private static final String NEXT =
      """
      SELECT count(*), max(page) FROM (
        SELECT page FROM arc.purge_unwitnessed WHERE page > ? ORDER BY page LIMIT ?) AS n
      """;
  // An older transaction of the same 32 bits was counted before this page was written.
  private static final String COUNTED =
      """
      DELETE FROM arc.purge_unwitnessed u USING arc.purge_page p
      WHERE u.page > ? AND u.page <= ? AND p.id = u.page AND (p.outcome = 'rolled-back' OR p.outcome = 'committed' AND p.rows = (
        SELECT sum(d.rows) FROM arc.purged_departure d
        WHERE d.txid = (p.hot_xid & 4294967295) AND d.prefix IN ('', p.prefix) AND d.archived_at >= p.intended_at))
      """;
  private static final String WITNESSED = "DELETE FROM arc.purge_unwitnessed WHERE page = ?";
  private static final String OVERDUE =
      """
      SELECT p.id, p.root_table, p.hot_system_id FROM arc.purge_unwitnessed u JOIN arc.purge_page p ON p.id = u.page
      WHERE u.page > ? AND p.prefix = ? AND p.outcome = 'committed' AND p.settled_at <= clock_timestamp() - make_interval(secs => ?)
      ORDER BY u.page LIMIT ?
      """;

  private final Connection archive;
  private final String prefix;

  /**
   * @param prefix the installation
   */
  public AwaitedPages(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /**
   * A committed page.
   *
   * @param id its number
   * @param root its root table, as the journal writes it
   * @param systemId the hot server that its rows were in
   */
  public record Page(long id, String root, String systemId) {}

  /**
   * Lets go of the pages behind that one of which as many rows have come as they have; some
   * thousands at once.
   *
   * @return where to go on; 0: from the beginning again
   */
  public long settleCounted(long after) throws SQLException {
    long last;
    boolean full;
    try (PreparedStatement query = archive.prepareStatement(NEXT)) {
      query.setLong(1, after);
      query.setInt(2, AT_ONCE);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        full = row.getInt(1) == AT_ONCE;
        last = row.getLong(2);
      }
    }
    try (PreparedStatement delete = archive.prepareStatement(COUNTED)) {
      delete.setLong(1, after);
      delete.setLong(2, last);
      delete.executeUpdate();
    }
    return full ? last : 0;
  }

  /** Lets go of a page all of whose rows were found in the cold store. */
  public void witnessed(long page) throws SQLException {
    try (PreparedStatement delete = archive.prepareStatement(WITNESSED)) {
      delete.setLong(1, page);
      delete.executeUpdate();
    }
  }

  /** The next pages behind that one which were committed at least that long ago. */
  public List<Page> committed(long after, Duration ago, int most) throws SQLException {
    List<Page> pages = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(OVERDUE)) {
      query.setLong(1, after);
      query.setString(2, prefix);
      query.setDouble(3, ago.toMillis() / 1e3);
      query.setInt(4, most);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          pages.add(new Page(row.getLong(1), row.getString(2), row.getString(3)));
        }
      }
    }
    return pages;
  }
}
