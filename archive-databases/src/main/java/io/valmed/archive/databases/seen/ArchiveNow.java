package io.valmed.archive.databases.seen;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.databases.witness.OpenPages;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the archive shows now. Needs no more than the purge worker's rights.
 *
 * @param sinks sinks that are connected to this database, of whatever installation
 * @param writing whether one of them is in the middle of a transaction that writes
 * @param positions what is applied, of the installation's topics
 * @param beat hot's heartbeat as it has come here; null: none has
 * @param unreconciled the newest epoch, where it has not been reconciled; 0: it has
 * @param alarms open alarms
 * @param quarantined open records of each table in quarantine
 * @param openPages journal pages whose outcome is not known though it should be
 * @param unwitnessed rows of journal pages whose departures are overdue
 * @param holds open holds
 */
public record ArchiveNow(
    int sinks,
    boolean writing,
    Positions positions,
    @Nullable Beat beat,
    int unreconciled,
    long alarms,
    Map<String, Long> quarantined,
    long openPages,
    long unwitnessed,
    List<PurgeHolds.Hold> holds) {
  // Only a transaction that has written has an id, and holds a lock on it.
  private static final String SINKS =
      """
      SELECT count(*), coalesce(bool_or(EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'transactionid' AND l.granted)), false)
      FROM pg_stat_activity a WHERE datname = current_database() AND application_name = 'valmed-archive sink'
      """;
  private static final String POSITIONS =
      "SELECT topic, partition, position FROM arc.sink_position WHERE starts_with(topic, ?)";
  private static final String EPOCH =
      """
      SELECT coalesce((SELECT CASE WHEN reconciled_at IS NULL THEN epoch ELSE 0 END FROM arc.epoch WHERE prefix = ? ORDER BY epoch DESC LIMIT 1), 0),
        to_regclass('arc.heartbeat') IS NOT NULL
      """;
  private static final String QUARANTINED =
      "SELECT table_name, count(*) FROM arc.quarantine WHERE resolved_at IS NULL AND starts_with(topic, ?) GROUP BY table_name";

  public ArchiveNow {
    quarantined = Map.copyOf(quarantined);
    holds = List.copyOf(holds);
  }

  /**
   * Reads it in a session of the purge worker's role.
   *
   * @throws SQLException also where the archive is not migrated, or a right is lacking
   */
  public static ArchiveNow read(Connection archive, Settings settings) throws SQLException {
    String prefix = settings.prefix();
    String topics = prefix + ".";
    Query query = new Query(archive);
    // Before the heartbeat, which may only be newer than what it says of them.
    Positions positions = positions(archive, topics);
    Epochs epochs =
        query.rows(row -> new Epochs(row.getInt(1), row.getBoolean(2)), EPOCH, prefix).get(0);
    Sinks sinks = query.rows(row -> new Sinks(row.getInt(1), row.getBoolean(2)), SINKS).get(0);
    return new ArchiveNow(
        sinks.connected,
        sinks.writing,
        positions,
        epochs.heartbeat ? Beat.read(archive, settings.capture().slot()) : null,
        epochs.unreconciled,
        new AlarmTable(archive, prefix).open(),
        counts(archive, topics),
        OpenPages.read(archive, settings).size(),
        OverduePages.read(archive, prefix, settings.purge().witnessWithin()).stream()
            .mapToLong(OverduePages::rows)
            .sum(),
        PurgeHolds.open(archive, "archive", prefix));
  }

  private static Positions positions(Connection archive, String topics) throws SQLException {
    Map<String, Long> next = new HashMap<>();
    try (PreparedStatement query = archive.prepareStatement(POSITIONS)) {
      query.setString(1, topics);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          next.put(Positions.partition(row.getString(1), row.getInt(2)), row.getLong(3));
        }
      }
    }
    return Positions.of(next);
  }

  private static Map<String, Long> counts(Connection archive, String topics) throws SQLException {
    Map<String, Long> counts = new HashMap<>();
    try (PreparedStatement query = archive.prepareStatement(QUARANTINED)) {
      query.setString(1, topics);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          counts.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return counts;
  }

  private record Sinks(int connected, boolean writing) {}

  private record Epochs(int unreconciled, boolean heartbeat) {}
}
