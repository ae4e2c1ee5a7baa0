package io.valmed.archive.runtime;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every minute how work goes on, for as long as it does. */
public final class ProgressLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProgressLog.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final String name;
  private final LongSupplier rows;
  private final Supplier<String> left;
  private final LongSupplier nanos;
  private final ScheduledExecutorService timer;
  private long last;
  private long lastAt;

  /**
   * @param name the service's name in logs
   * @param rows how many rows have been worked on since the start
   * @param left what is still to be done, in words; asked only when there is something to tell
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public ProgressLog(String name, LongSupplier rows, Supplier<String> left, LongSupplier nanos) {
    this.name = name;
    this.rows = rows;
    this.left = left;
    this.nanos = nanos;
    this.lastAt = nanos.getAsLong();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, name + " progress");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins to tell. */
  public void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::tellSafely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tellSafely() {
    try {
      tell();
    } catch (RuntimeException e) {
      log.debug("how {} goes on cannot be told", name, e);
    }
  }

  /** Tells what has been done since it was last told; nothing, if nothing was. */
  public void tell() {
    long now = nanos.getAsLong();
    long done = rows.getAsLong();
    long since = done - last;
    double seconds = (now - lastAt) / 1e9;
    last = done;
    lastAt = now;
    if (since > 0) {
      log.atInfo()
          .addKeyValue("rows", done)
          .addKeyValue("per_second", Math.round(since / Math.max(seconds, 1e-3)))
          .addKeyValue("left", left.get())
          .log("{} works", name);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
