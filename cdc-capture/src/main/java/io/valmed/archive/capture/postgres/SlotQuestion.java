package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.SlotStanding;
import io.valmed.archive.runtime.server.DatabaseQuestion;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Asks hot how the slot stands. */
public final class SlotQuestion {
  private static final String STANDING =
      """
      SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)
      FROM pg_replication_slots WHERE slot_name = ?
      """;

  private SlotQuestion() {}

  /** A question that has not been asked yet. */
  public static ServerQuestion<SlotStanding> of(Settings settings) {
    String slot = settings.capture().slot();
    return new ServerQuestion<>(
        "hot",
        new DatabaseQuestion<>(
            settings.hot().capture(), "valmed-archive capture health", hot -> standing(hot, slot)),
        System::nanoTime);
  }

  private static SlotStanding standing(Connection hot, String slot) throws SQLException {
    try (PreparedStatement query = hot.prepareStatement(STANDING)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? new SlotStanding(bytes(row, 1), bytes(row, 2))
            : new SlotStanding(Double.NaN, Double.NaN);
      }
    }
  }

  private static double bytes(ResultSet row, int column) throws SQLException {
    double bytes = row.getDouble(column);
    return row.wasNull() ? Double.NaN : Math.max(0, bytes);
  }
}
