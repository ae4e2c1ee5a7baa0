package io.valmed.archive.purge.maintain;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.maintain.Clocks.Doubt;
import io.valmed.archive.runtime.Reminder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether hot's clock can be believed (ADR 0118): it may not differ from the archive's and this
 * machine's by more than a bound, nor be set while the purge runs. Purging is held until the clocks
 * have agreed for a minute, and after a jump until hot's clock has been back for a minute or a
 * person says that it is right. Each page asks besides ({@link #check}), so that no page commits on
 * a clock that jumped between two looks.
 */
public final class ClockWatch {
  private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);
  private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long AGREED_NANOS = Duration.ofMinutes(1).toNanos();

  private final Duration bound;
  private final LongSupplier nanos;
  private final Reminder told;
  private @Nullable ClockReading trusted;
  private @Nullable Long lookedAt;
  private @Nullable Long agreeingSince;
  private boolean jumpHeld;
  private boolean skewHeld;
  private volatile double hotAhead;
  private volatile double archiveAhead;

  /**
   * @param bound by how much clocks may differ
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public ClockWatch(Duration bound, LongSupplier nanos) {
    this.bound = bound;
    this.nanos = nanos;
    this.told = new Reminder(nanos);
  }

  /** By how many seconds hot's clock was ahead of this machine's at the last look. */
  public double hotAhead() {
    return hotAhead;
  }

  /** By how many seconds the archive's clock was ahead of this machine's at the last look. */
  public double archiveAhead() {
    return archiveAhead;
  }

  /** Looks at the clocks if the last look is too old, and holds or releases what follows. */
  public synchronized void lookIfDue(Clocks clocks) throws SQLException {
    long now = nanos.getAsLong();
    if (lookedAt == null || now - lookedAt >= EVERY_NANOS) {
      look(clocks, now);
      lookedAt = now;
    }
  }

  private void look(Clocks clocks, long now) throws SQLException {
    ClockReading hot = clocks.hot();
    ClockReading archive = clocks.archive();
    ClockReading worker = clocks.worker();
    hotAhead = hot.aheadOf(worker);
    archiveAhead = archive.aheadOf(worker);
    takeUp(clocks, hot);
    @Nullable String jump = trusted == null ? null : jump(trusted, hot);
    @Nullable String skew = skew(hot, archive, worker);
    if (jump != null) {
      clocks.hold(
          Doubt.JUMP,
          jump
              + " Set it right and purging goes on a minute later, or say that it is right: './archive purge resume --hold "
              + Clocks.HOLD_NAME
              + "'.");
      jumpHeld = true;
    }
    if (skew != null) {
      clocks.hold(Doubt.SKEW, skew);
      skewHeld = true;
    }
    if (jump != null || skew != null) {
      agreeingSince = null;
      if (told.due(jump != null ? "jump" : "skew")) {
        log.warn("purging is held: {}", jump != null ? jump : skew);
      }
    } else if (jumpHeld || skewHeld) {
      releaseWhenAgreed(clocks, now);
    } else if (trusted == null || hot.uncertainMicros() * 4 <= bound.toNanos() / 1000) {
      // Followed, not kept: clocks that are corrected little by little never jump. A slow answer
      // says too little to be followed.
      trusted = hot;
    }
  }

  /** What an earlier life of this worker has held, and what a person has released since. */
  private void takeUp(Clocks clocks, ClockReading hot) throws SQLException {
    if (lookedAt == null) {
      jumpHeld = clocks.held(Doubt.JUMP);
      skewHeld = clocks.held(Doubt.SKEW);
    } else if (jumpHeld && !clocks.held(Doubt.JUMP)) {
      jumpHeld = false;
      trusted = hot;
    }
  }

  private void releaseWhenAgreed(Clocks clocks, long now) throws SQLException {
    Long since = agreeingSince;
    if (since == null) {
      agreeingSince = now;
    } else if (now - since >= AGREED_NANOS) {
      // A jump before this worker's start: only a person can tell that the clock is right.
      if (jumpHeld && trusted != null) {
        clocks.release(Doubt.JUMP);
        jumpHeld = false;
      }
      if (skewHeld) {
        clocks.release(Doubt.SKEW);
        skewHeld = false;
      }
      if (!jumpHeld && !skewHeld && told.over()) {
        log.info("the clocks agree: they hold purging no longer");
      }
    }
  }

  /**
   * Checks hot's clock as a page's transaction has read it.
   *
   * @throws TableHeldException when it has jumped since the last look
   */
  public void check(TableId root, ClockReading hot) throws TableHeldException {
    @Nullable ClockReading before;
    synchronized (this) {
      before = trusted;
    }
    if (before != null && hot.differs(before, bound)) {
      throw TableHeldException.behind(root, "has to wait: " + jump(before, hot));
    }
  }

  private @Nullable String jump(ClockReading before, ClockReading hot) {
    return hot.differs(before, bound)
        ? "Hot's clock was set by %s, so rows may seem older than they are."
            .formatted(seconds(hot.aheadOf(before)))
        : null;
  }

  private @Nullable String skew(ClockReading hot, ClockReading archive, ClockReading worker) {
    if (!hot.differs(archive, bound) && !hot.differs(worker, bound)) {
      return null;
    }
    return "Hot's clock is ahead of the archive's by %s and of this machine's by %s, where purge.clock-skew allows %s; set all three by one source, and purging goes on when they have agreed for a minute."
        .formatted(
            seconds(hot.aheadOf(archive)),
            seconds(hot.aheadOf(worker)),
            seconds(bound.toMillis() / 1e3));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
