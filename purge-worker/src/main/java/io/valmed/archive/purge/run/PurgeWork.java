package io.valmed.archive.purge.run;

import io.valmed.archive.purge.lane.PurgeCheck;
import io.valmed.archive.purge.pace.OncePatience;
import io.valmed.archive.purge.pace.Throttle;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.Work;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs over all root tables again and again, with a pause after each. */
public final class PurgeWork implements Work {
  private static final Logger log = LoggerFactory.getLogger(PurgeWork.class);
  private static final Duration WHILE_WAITING = Duration.ofMillis(500);

  /**
   * What is made sure of.
   *
   * @param always looks for missing witnesses, when that is due
   * @param beforePage looks at the clocks, when that is due
   * @param beforeRun looks whether the archive is as durable as it was
   */
  public record Checks(PurgeCheck always, PurgeCheck beforePage, PurgeCheck beforeRun) {}

  private final Checks checks;
  private final Supplier<PurgeRun> runs;
  private final Throttle throttle;
  private final Duration every;
  private final boolean once;
  private final OncePatience patience;
  private final LongSupplier nanos;
  private final Runnable release;
  private @Nullable PurgeRun run;
  private long nextRun;

  /**
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   * @param release lets go of both databases
   */
  public PurgeWork(
      Checks checks,
      Supplier<PurgeRun> runs,
      Throttle throttle,
      Duration every,
      boolean once,
      OncePatience patience,
      LongSupplier nanos,
      Runnable release) {
    this.checks = checks;
    this.runs = runs;
    this.throttle = throttle;
    this.every = every;
    this.once = once;
    this.patience = patience;
    this.nanos = nanos;
    this.nextRun = nanos.getAsLong();
    this.release = release;
  }

  @Override
  public Next step() throws SQLException {
    checks.always().pass();
    if (!throttle.open() || (run == null && nanos.getAsLong() - nextRun < 0)) {
      return Next.IDLE;
    }
    checks.beforePage().pass();
    PurgeRun current = run;
    if (current == null) {
      checks.beforeRun().pass();
      current = runs.get();
      run = current;
    }
    if (!current.ended()) {
      current.step();
    }
    if (!current.ended()) {
      return Next.AGAIN;
    }
    run = null;
    if (once && (!current.waits() || patience.over())) {
      return Next.DONE;
    }
    boolean soon = once || current.held();
    nextRun =
        nanos.getAsLong()
            + (soon && every.compareTo(WHILE_WAITING) > 0 ? WHILE_WAITING : every).toNanos();
    return Next.IDLE;
  }

  @Override
  public void close() {
    try {
      if (run != null) {
        run.drain();
      }
    } catch (SQLException | RuntimeException e) {
      // The loop has been told, or is told when the next start settles the journal.
      log.warn("the last page before the end failed: {}", Failures.sentence(e));
    }
    release.run();
  }
}
