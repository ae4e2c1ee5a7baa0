package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.event.PassedBeats.Passed;
import io.valmed.archive.capture.start.RunningGuard;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.Reminder;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes hot's heartbeat row at a steady pace, on a thread and a connection of its own. A failure
 * is told once and counted; capture goes on, and so does the next beat.
 */
public final class HeartbeatWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HeartbeatWriter.class);
  private static final String BEAT =
      """
      INSERT INTO arc.heartbeat AS h
        (slot, beat, written_at, written_lsn, passed_beat, passed_lsn, passed_at, positions, epoch)
      VALUES (?, 1, clock_timestamp(), pg_current_wal_insert_lsn(), 0, '0/0', NULL, '{}', ?)
      ON CONFLICT (slot) DO UPDATE SET
        beat = h.beat + 1,
        written_at = clock_timestamp(),
        written_lsn = pg_current_wal_insert_lsn(),
        passed_beat = CASE WHEN h.epoch = excluded.epoch THEN h.passed_beat ELSE 0 END,
        passed_lsn = CASE WHEN h.epoch = excluded.epoch THEN h.passed_lsn ELSE '0/0' END,
        passed_at = CASE WHEN h.epoch = excluded.epoch THEN h.passed_at END,
        positions = CASE WHEN h.epoch = excluded.epoch THEN h.positions ELSE '{}' END,
        epoch = excluded.epoch
      RETURNING beat
      """;

  private static final String BEAT_WITH_PASSED =
      """
      UPDATE arc.heartbeat SET
        beat = beat + 1,
        written_at = clock_timestamp(),
        written_lsn = pg_current_wal_insert_lsn(),
        passed_beat = ?,
        passed_lsn = ?::pg_lsn,
        passed_at = ?::timestamptz,
        positions = ?::jsonb
      WHERE slot = ? AND epoch = ?
      RETURNING beat
      """;

  private final DatabaseLogin hot;
  private final CaptureSettings capture;
  private final int epoch;
  private final PassedBeats passed;
  private final CaptureMetrics metrics;
  private final RunningGuard guard;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private final TreeMap<Long, Long> writtenNanos = new TreeMap<>();
  private final Reminder failing = new Reminder(System::nanoTime);

  private HeartbeatWriter(
      DatabaseLogin hot,
      CaptureSettings capture,
      int epoch,
      PassedBeats passed,
      CaptureMetrics metrics,
      RunningGuard guard) {
    this.hot = hot;
    this.guard = guard;
    this.capture = capture;
    this.epoch = epoch;
    this.passed = passed;
    this.metrics = metrics;
    this.thread = new Thread(this::run, "heartbeat");
    this.thread.setDaemon(true);
  }

  /** Starts to write; asks the guard before each beat. */
  public static HeartbeatWriter start(
      DatabaseLogin hot,
      CaptureSettings capture,
      int epoch,
      PassedBeats passed,
      CaptureMetrics metrics,
      RunningGuard guard) {
    HeartbeatWriter writer = new HeartbeatWriter(hot, capture, epoch, passed, metrics, guard);
    writer.thread.start();
    return writer;
  }

  /**
   * Notes in hot that the epoch has begun, so that its number is not given out again should Kafka
   * forget it.
   */
  public static void announce(DatabaseLogin hot, String slot, int epoch) throws SQLException {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement update = connection.prepareStatement(BEAT)) {
      update.setString(1, slot);
      update.setInt(2, epoch);
      returnedBeat(update);
    }
  }

  private void run() {
    boolean again = false;
    while (stop.getCount() > 0) {
      try (Connection connection = HotSession.open(hot, "valmed-archive capture heartbeat")) {
        if (again) {
          guard.connectedAnew();
        }
        again = true;
        do {
          beat(connection);
          if (failing.over()) {
            log.info("the heartbeat is written again");
          }
        } while (!stop.await(capture.heartbeatEvery().toMillis(), TimeUnit.MILLISECONDS));
      } catch (SQLException | RuntimeException e) {
        metrics.heartbeatFailed();
        if (failing.due("fails")) {
          log.warn("the heartbeat cannot be written and is tried again: {}", Failures.sentence(e));
        }
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void pause() {
    try {
      boolean unused = stop.await(capture.heartbeatEvery().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stop.countDown();
    }
  }

  private void beat(Connection connection) throws SQLException {
    @Nullable Passed newest = passed.newest();
    guard.lookIfDue();
    long nanos = System.nanoTime();
    long beat = newest == null ? 0 : withPassed(connection, newest);
    if (beat == 0) {
      beat = plain(connection);
    }
    writtenNanos.put(beat, nanos);
    if (newest != null) {
      tellLag(newest.beat());
    }
  }

  private void tellLag(long passedBeat) throws SQLException {
    Map.Entry<Long, Long> written = writtenNanos.floorEntry(passedBeat);
    if (written != null) {
      guard.streams();
      metrics.passedBeatWritten(written.getValue());
      writtenNanos.headMap(passedBeat).clear();
    }
  }

  private long plain(Connection connection) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(BEAT)) {
      update.setString(1, capture.slot());
      update.setInt(2, epoch);
      return returnedBeat(update);
    }
  }

  private long withPassed(Connection connection, Passed newest) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(BEAT_WITH_PASSED)) {
      update.setLong(1, newest.beat());
      update.setString(2, newest.writtenLsn());
      update.setString(3, newest.writtenAt());
      update.setString(4, newest.positions().toJson());
      update.setString(5, capture.slot());
      update.setInt(6, epoch);
      return returnedBeat(update);
    }
  }

  /** The beat that was written; 0: there is no row. */
  private static long returnedBeat(PreparedStatement update) throws SQLException {
    try (ResultSet rows = update.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
