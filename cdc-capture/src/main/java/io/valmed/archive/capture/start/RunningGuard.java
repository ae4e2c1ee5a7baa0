package io.valmed.archive.capture.start;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.schema.TableVersions;
import io.valmed.archive.capture.start.HotState.Database;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.capture.stream.Parking;
import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Looks at hot again and again while capture runs. The heartbeat asks it before it tells how far
 * everything has come, so that nothing is told to have passed while changes were not published.
 */
public final class RunningGuard {
  private static final String MOVED =
      "hot's address leads to another server than before: it was failed over or restored";

  private final Look look;
  private final HotGuard guard;
  private final Database database;
  private final PurgeHolds holds;
  private final long everyNanos;
  private final Queue<Map.Entry<TableId, String>> found = new ConcurrentLinkedQueue<>();
  private long lookedNanos = System.nanoTime();
  private volatile @Nullable StopException stop;
  private boolean streaming;
  private volatile boolean moved;
  private volatile @Nullable Captured captured;
  private volatile Published published = Published.UNKNOWN;

  /** Looks at hot. */
  @FunctionalInterface
  public interface Look {
    HotState now() throws SQLException;
  }

  /**
   * @param database the database that is read
   * @param every how old the last look may be when something is told to have passed
   */
  public RunningGuard(
      Look look, HotGuard guard, Database database, PurgeHolds holds, Duration every) {
    this.look = look;
    this.guard = guard;
    this.database = database;
    this.holds = holds;
    this.everyNanos = every.toNanos();
  }

  /** What is captured: asked by another thread. */
  public record Captured(TableVersions versions, Parking parking) {}

  /** Learns of what is captured; nothing is looked at before. */
  public void knows(Captured all, Published since) {
    published = since;
    captured = all;
  }

  /** What is known of publication and tables after the newest look. */
  public Published published() {
    return published;
  }

  /**
   * Looks at hot if the last look is too old, and holds what is in trouble. Called by one thread.
   *
   * @throws StopException when capture must stop; purging is held
   * @throws SQLException when hot cannot be asked or told; to be tried again
   */
  public void lookIfDue() throws SQLException {
    StopException stopped = stop;
    if (stopped != null) {
      throw stopped;
    }
    long now = System.nanoTime();
    Captured all = captured;
    if (all == null || now - lookedNanos < everyNanos) {
      return;
    }
    try {
      look(all);
      lookedNanos = now;
    } catch (StopException e) {
      holds.hold(PurgeHolds.EVERYTHING, String.valueOf(e.getMessage()));
      stop = e;
      throw e;
    }
  }

  /**
   * Hot may be another server by now: the next look is due, so that no beat tells it of what it has
   * lost. Called by the thread that looks.
   */
  public void connectedAnew() {
    lookedNanos = System.nanoTime() - everyNanos;
  }

  /**
   * A beat that was written since the stream was opened has come back: whatever had stopped capture
   * is cured. Called by the thread that looks.
   *
   * @throws SQLException when hot cannot be told; to be tried again
   */
  public void streams() throws SQLException {
    if (!streaming && stop == null) {
      holds.endForEverything();
      streaming = true;
    }
  }

  private void look(Captured all) throws SQLException {
    all.parking().holdAgain();
    HotState hot = look.now();
    if (!hot.database().systemId().equals(database.systemId())
        || hot.database().timeline() != database.timeline()) {
      // Whether what Kafka has is in its history is judged at the start.
      moved = true;
      throw new SQLException(MOVED, "08006");
    }
    for (Map.Entry<TableId, String> trouble :
        guard.check(hot, all.versions()::newest, published).entrySet()) {
      if (holds.hold(trouble.getKey().toString(), trouble.getValue())) {
        found.add(trouble);
      }
    }
    // Behind the holds: what could not be held is found again.
    published = published.followedBy(hot.published());
  }

  /**
   * Hands what was found to the thread that writes the log.
   *
   * @throws StopException when capture must stop
   * @throws UncheckedIOException when hot's address leads to another server: to be opened anew
   */
  public void passOn(ChangeLog log, CaptureMetrics metrics, int epoch) {
    if (moved) {
      throw new UncheckedIOException(new ConnectException(MOVED));
    }
    StopException stopped = stop;
    if (stopped != null) {
      throw stopped;
    }
    for (var trouble = found.poll(); trouble != null; trouble = found.poll()) {
      log.alarm(alarm(trouble.getKey(), trouble.getValue(), epoch));
      metrics.alarmed();
    }
  }

  public static Alarm alarm(TableId table, String reason, int epoch) {
    return new Alarm("held", table, reason, new Place(0, 0, 0, null), epoch);
  }
}
