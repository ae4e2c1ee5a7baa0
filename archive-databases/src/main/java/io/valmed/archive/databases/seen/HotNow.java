package io.valmed.archive.databases.seen;

import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.databases.hot.PurgeWorkers;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What hot shows now. Needs no more than the purge worker's rights.
 *
 * @param clock hot's clock, in seconds since 1970
 * @param walEnd the end of its WAL, in bytes
 * @param slot capture's slot; null: it does not exist
 * @param beat capture's heartbeat; null: capture has not run yet
 * @param snapshot whether capture copies tables for a new epoch
 * @param workers purge workers that are connected
 * @param holds open holds
 * @param parked tables that capture has stopped alone
 */
public record HotNow(
    double clock,
    long walEnd,
    @Nullable Slot slot,
    @Nullable Beat beat,
    boolean snapshot,
    List<PurgeWorkers.Worker> workers,
    List<PurgeHolds.Hold> holds,
    List<String> parked) {
  private static final String SLOT =
      """
      SELECT extract(epoch FROM clock_timestamp())::float8, pg_wal_lsn_diff(w.lsn, '0/0')::bigint, s.slot_name IS NOT NULL,
        coalesce(s.active, false), a.application_name, s.wal_status, pg_wal_lsn_diff(w.lsn, s.restart_lsn)::bigint, s.safe_wal_size,
        pg_wal_lsn_diff(w.lsn, s.confirmed_flush_lsn)::bigint, coalesce(t.spill_bytes + t.stream_bytes, 0)
      FROM (SELECT pg_current_wal_lsn() AS lsn) AS w
      LEFT JOIN pg_replication_slots s ON s.slot_name = ?
      LEFT JOIN pg_stat_replication_slots t ON t.slot_name = s.slot_name
      LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
      """;
  private static final String SNAPSHOT =
      "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'valmed-archive capture snapshot')";
  private static final String PARKED =
      """
      SELECT p.table_name FROM arc.parked_table p JOIN arc.heartbeat h ON h.slot = p.slot AND h.epoch = p.epoch
      WHERE p.slot = ? ORDER BY p.table_name
      """;

  public HotNow {
    workers = List.copyOf(workers);
    holds = List.copyOf(holds);
    parked = List.copyOf(parked);
  }

  /**
   * Capture's slot.
   *
   * @param active whether somebody reads it
   * @param reader whose session that is; null: nobody's
   * @param walStatus PostgreSQL's {@code wal_status}; null: it has no WAL to keep yet
   * @param retained bytes of WAL that are kept for it
   * @param safe PostgreSQL's {@code safe_wal_size}; null: no limit is set
   * @param unconfirmed bytes of WAL that capture has not confirmed
   * @param spilled bytes of transactions too large for the decoder's memory, ever
   */
  public record Slot(
      boolean active,
      @Nullable String reader,
      @Nullable String walStatus,
      long retained,
      @Nullable Long safe,
      long unconfirmed,
      long spilled) {}

  /**
   * Reads it in a session of the purge worker's role.
   *
   * @throws SQLException also where hot is not migrated, or a right is lacking
   */
  public static HotNow read(Connection hot, Settings settings) throws SQLException {
    String slot = settings.capture().slot();
    @Nullable Beat beat = Beat.read(hot, slot);
    List<PurgeWorkers.Worker> workers = PurgeWorkers.list(hot, settings.prefix());
    List<PurgeHolds.Hold> holds = PurgeHolds.open(hot, "hot", settings.prefix());
    Query query = new Query(hot);
    List<String> parked = query.texts(PARKED, slot);
    boolean snapshot = query.holds(SNAPSHOT);
    // Last, so that no age is less than nothing.
    try (PreparedStatement now = hot.prepareStatement(SLOT)) {
      now.setString(1, slot);
      try (ResultSet row = now.executeQuery()) {
        row.next();
        return new HotNow(
            row.getDouble(1), row.getLong(2), slot(row), beat, snapshot, workers, holds, parked);
      }
    }
  }

  private static @Nullable Slot slot(ResultSet row) throws SQLException {
    if (!row.getBoolean(3)) {
      return null;
    }
    long safe = row.getLong(8);
    boolean unlimited = row.wasNull();
    return new Slot(
        row.getBoolean(4),
        row.getString(5),
        row.getString(6),
        Math.max(0, row.getLong(7)),
        unlimited ? null : safe,
        Math.max(0, row.getLong(9)),
        row.getLong(10));
  }
}
