package io.valmed.archive.databases.history;

import io.valmed.archive.runtime.jdbc.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code arc.status_sample}: every 10 s for two days, the worst of every 5 min for 400 days. Kept
 * by the samples' own times, so that clocks of databases do not matter.
 */
public final class SampleTable {
  /** What a fine sample stands for. */
  public static final Duration FINE = Duration.ofSeconds(10);

  /** How long fine samples are kept. */
  public static final Duration FINE_KEPT = Duration.ofDays(2);

  /** What a coarse sample stands for. */
  public static final Duration COARSE = Duration.ofMinutes(5);

  /** How long coarse samples are kept. */
  public static final Duration COARSE_KEPT = Duration.ofDays(400);

  private static final String NUMBERS =
      """
      slot_seconds, capture_seconds, kafka_seconds, sink_seconds, proof_seconds, purge_seconds,
        retained_bytes, safe_bytes, hot_rows, mirror_rows, cold_rows, hot_bytes, mirror_bytes, cold_bytes, eligible_rows, purged_rows\
      """;
  private static final String WORST =
      """
      max(state), ARRAY[max(hop_states[1]), max(hop_states[2]), max(hop_states[3]), max(hop_states[4]), max(hop_states[5]), max(hop_states[6])],
        max(slot_seconds), max(capture_seconds), max(kafka_seconds), max(sink_seconds), max(proof_seconds), max(purge_seconds),
        max(retained_bytes), min(safe_bytes), max(hot_rows), max(mirror_rows), max(cold_rows), max(hot_bytes), max(mirror_bytes), max(cold_bytes),
        max(eligible_rows), max(purged_rows)\
      """;
  private static final String INSERT =
      """
      INSERT INTO arc.status_sample (prefix, step, at, state, hop_states,
        %s)
      VALUES (?, 10, ?, ?, ?::smallint[], ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """
          .formatted(NUMBERS);
  private static final String THIN =
      """
      INSERT INTO arc.status_sample (prefix, step, at, state, hop_states,
        %s)
      SELECT prefix, 300, to_timestamp(floor(extract(epoch FROM at) / 300) * 300) AS bucket,
        %s
      FROM arc.status_sample
      WHERE prefix = ? AND step = 10 AND at < to_timestamp(floor(extract(epoch FROM ?::timestamptz) / 300) * 300)
        AND at >= coalesce((SELECT max(at) + interval '5 min' FROM arc.status_sample WHERE prefix = ? AND step = 300), '-infinity')
      GROUP BY prefix, bucket
      ON CONFLICT DO NOTHING
      """
          .formatted(NUMBERS, WORST);
  private static final String PRUNE =
      """
      DELETE FROM arc.status_sample WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM arc.status_sample WHERE prefix = ? AND step = ? AND at < ? ORDER BY at LIMIT 500))
      """;
  private static final String READ =
      """
      SELECT to_timestamp(floor(extract(epoch FROM at) / ?) * ?) AS bucket,
        %s
      FROM arc.status_sample
      WHERE prefix = ? AND at >= ? AND at <= ? AND step <= ?
      GROUP BY bucket ORDER BY bucket
      """
          .formatted(WORST);
  // A coarse sample begins before the first of those that it was made from.
  private static final String FIRST =
      """
      SELECT coalesce(
        (SELECT min(c.at) FROM arc.status_sample c WHERE c.prefix = n.prefix AND c.step = 300 AND c.at <= n.fine - interval '5 min'), n.fine,
        (SELECT min(c.at) FROM arc.status_sample c WHERE c.prefix = n.prefix AND c.step = 300))
      FROM (SELECT p.prefix, (SELECT min(at) FROM arc.status_sample f WHERE f.prefix = p.prefix AND f.step = 10) AS fine
            FROM (SELECT ?::text AS prefix) AS p) AS n
      """;
  private static final int FIRST_NUMBER = 4;

  private final Connection archive;
  private final String prefix;

  /**
   * @param archive open; never closed here
   * @param prefix the installation whose samples are meant
   */
  public SampleTable(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /** Writes fine samples; of two at one time the first stays. */
  public void insert(List<Sample> samples) throws SQLException {
    try (PreparedStatement insert = archive.prepareStatement(INSERT)) {
      for (Sample sample : samples) {
        insert.setString(1, prefix);
        insert.setObject(2, sample.at().atOffset(ZoneOffset.UTC));
        insert.setInt(3, sample.state());
        insert.setString(4, sample.hopStates().toString().replace('[', '{').replace(']', '}'));
        int column = 5;
        for (@Nullable Double seconds : sample.hopSeconds()) {
          insert.setObject(column++, seconds, Types.DOUBLE);
        }
        for (@Nullable Long size : sample.sizes().all()) {
          insert.setObject(column++, size, Types.BIGINT);
        }
        insert.addBatch();
      }
      int[] unused = insert.executeBatch();
    }
  }

  /** Makes the coarse samples of all whole five minutes that have none yet. */
  public void thin(Instant now) throws SQLException {
    try (PreparedStatement thin = archive.prepareStatement(THIN)) {
      thin.setString(1, prefix);
      thin.setObject(2, now.atOffset(ZoneOffset.UTC));
      thin.setString(3, prefix);
      int unused = thin.executeUpdate();
    }
  }

  /**
   * Removes what is too old, at most 500 samples of each kind at a time.
   *
   * @return how many were removed
   */
  public int prune(Instant now) throws SQLException {
    return prune(FINE, now.minus(FINE_KEPT)) + prune(COARSE, now.minus(COARSE_KEPT));
  }

  private int prune(Duration step, Instant before) throws SQLException {
    try (PreparedStatement prune = archive.prepareStatement(PRUNE)) {
      prune.setString(1, prefix);
      prune.setInt(2, (int) step.toSeconds());
      prune.setObject(3, before.atOffset(ZoneOffset.UTC));
      return prune.executeUpdate();
    }
  }

  /**
   * The worst of each stretch of that time, oldest first; a stretch without any sample is left out.
   *
   * @param each the stretch, whole seconds; from five minutes on the coarse samples are read too
   */
  public List<Sample> read(Instant from, Instant to, Duration each) throws SQLException {
    int coarsest = (int) (each.compareTo(COARSE) >= 0 ? COARSE : FINE).toSeconds();
    return new Query(archive)
        .rows(
            SampleTable::sample,
            READ,
            each.toSeconds(),
            each.toSeconds(),
            prefix,
            from.atOffset(ZoneOffset.UTC),
            to.atOffset(ZoneOffset.UTC),
            coarsest);
  }

  /** When the first sample was taken that is still there; null: there is none. */
  public @Nullable Instant first() throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(FIRST)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        @Nullable Timestamp first = row.getTimestamp(1);
        return first == null ? null : first.toInstant();
      }
    }
  }

  private static Sample sample(ResultSet row) throws SQLException {
    List<Integer> states = new ArrayList<>();
    for (Object state : (Object[]) row.getArray(3).getArray()) {
      states.add(((Number) state).intValue());
    }
    int column = FIRST_NUMBER;
    List<@Nullable Double> seconds = new ArrayList<>();
    while (seconds.size() < Sample.HOPS) {
      double value = row.getDouble(column++);
      seconds.add(row.wasNull() ? null : value);
    }
    List<@Nullable Long> sizes = new ArrayList<>();
    while (sizes.size() < 10) {
      long value = row.getLong(column++);
      sizes.add(row.wasNull() ? null : value);
    }
    return new Sample(
        row.getTimestamp(1).toInstant(),
        row.getInt(2),
        states,
        seconds,
        new Sample.Sizes(
            sizes.get(0),
            sizes.get(1),
            sizes.get(2),
            sizes.get(3),
            sizes.get(4),
            sizes.get(5),
            sizes.get(6),
            sizes.get(7),
            sizes.get(8),
            sizes.get(9)));
  }
}
