package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.PurgeHolds;
import io.valmed.archive.runtime.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes rows of hot's {@code arc.purge_hold}. */
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

  private static final String END = "SELECT arc.end_capture_holds(?, ?, ?)";

  /** The function is not there, or may not be called. */
  private static final Set<String> NOT_GRANTED = Set.of("42883", "42501", "3F000");

  private final DatabaseLogin hot;
  private final String prefix;
  private final String heldBy;
  private boolean forGood;

  /**
   * @param prefix the installation that is held
   */
  public OpenPurgeHolds(DatabaseLogin hot, String prefix, String heldBy) {
    this.hot = hot;
    this.prefix = prefix;
    this.heldBy = heldBy;
  }

  @Override
  public boolean hold(String scope, String reason) throws SQLException {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement insert = connection.prepareStatement(HOLD)) {
      insert.setString(1, scope);
      insert.setString(2, reason);
      insert.setString(3, heldBy);
      insert.setString(4, prefix);
      insert.setString(5, scope);
      insert.setString(6, reason);
      insert.setString(7, prefix);
      boolean held = insert.executeUpdate() > 0;
      if (held) {
        log.warn("purging of {} is held: {}", scope, reason);
      }
      return held;
    }
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
      query.setString(2, heldBy);
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
