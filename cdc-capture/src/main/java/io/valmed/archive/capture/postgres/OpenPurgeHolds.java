package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes rows of hot's {@code arc.purge_hold} and {@code arc.parked_table}. */
public final class OpenPurgeHolds implements PurgeHolds {
  private static final Logger log = LoggerFactory.getLogger(OpenPurgeHolds.class);
  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
      SELECT ?, ?, ?, ?
      WHERE NOT EXISTS (
        SELECT 1 FROM arc.purge_hold
        WHERE scope = ? AND reason = ? AND prefix IN ('', ?) AND released_at IS NULL)
      """;

  // With the hold in one statement: the purge's last look before a commit keeps both out.
  private static final String PARK =
      """
      WITH parked AS (
        INSERT INTO arc.parked_table AS p (slot, table_name, epoch, reason) VALUES (?, ?, ?, ?)
        ON CONFLICT (slot, table_name) DO UPDATE
          SET epoch = excluded.epoch, reason = excluded.reason, parked_at = clock_timestamp()
          WHERE (p.epoch, p.reason) IS DISTINCT FROM (excluded.epoch, excluded.reason))
      """
          + HOLD;

  private static final String END = "SELECT arc.end_capture_holds(?, ?, ?)";

  /** The function is not there, or may not be called. */
  private static final Set<String> NOT_GRANTED = Set.of("42883", "42501", "3F000");

  private final DatabaseLogin hot;
  private final String prefix;
  private final String slot;
  private boolean forGood;

  /**
   * @param prefix the installation that is held
   * @param slot its replication slot, by which its holds are told from others'
   */
  public OpenPurgeHolds(DatabaseLogin hot, String prefix, String slot) {
    this.hot = hot;
    this.prefix = prefix;
    this.slot = slot;
  }

  @Override
  public boolean hold(String scope, String reason) throws SQLException {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement insert = connection.prepareStatement(HOLD)) {
      return hold(insert, 1, scope, reason);
    }
  }

  @Override
  public void park(TableId table, int epoch, String reason) throws SQLException {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement insert = connection.prepareStatement(PARK)) {
      insert.setString(1, slot);
      insert.setString(2, table.toString());
      insert.setInt(3, epoch);
      insert.setString(4, reason);
      hold(insert, 5, table.toString(), reason);
    }
  }

  private boolean hold(PreparedStatement insert, int from, String scope, String reason)
      throws SQLException {
    insert.setString(from, scope);
    insert.setString(from + 1, reason);
    insert.setString(from + 2, heldBy());
    insert.setString(from + 3, prefix);
    insert.setString(from + 4, scope);
    insert.setString(from + 5, reason);
    insert.setString(from + 6, prefix);
    boolean held = insert.executeUpdate() > 0;
    if (held) {
      log.warn("purging of {} is held: {}", scope, reason);
    }
    return held;
  }

  private String heldBy() {
    return "capture " + slot;
  }

  @Override
  public synchronized void holdForGood(String reason) throws SQLException {
    forGood = true;
    hold(EVERYTHING, reason);
  }

  @Override
  public void endForEverything() throws SQLException {
    end(true);
  }

  @Override
  public void endForTables() throws SQLException {
    end(false);
  }

  private synchronized void end(boolean everything) throws SQLException {
    if (forGood) {
      return;
    }
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement query = connection.prepareStatement(END)) {
      query.setString(1, prefix);
      query.setString(2, heldBy());
      query.setBoolean(3, everything);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        if (row.getLong(1) > 0) {
          log.info(
              "{} hold(s) of {} ended: their cause is cured",
              row.getLong(1),
              everything ? "all purging" : "tables");
        }
      }
    } catch (SQLException e) {
      if (!NOT_GRANTED.contains(e.getSQLState())) {
        throw e;
      }
      log.warn(
          "holds whose cause is cured stay open, since capture may not end them: run './archive migrate hot up' and './archive provision hot'");
    }
  }
}
