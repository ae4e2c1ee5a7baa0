package io.valmed.archive.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Ends a thread that was told to stop and still waits for a server that does not answer: after a
 * while it is interrupted. What it leaves half done is as after the end of its process: the next
 * start finds out what became of it.
 */
public final class StopInTime {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Thread worker;
  private final Duration patience;
  private final BooleanSupplier waits;
  private boolean told;

  /**
   * @param worker a thread that ends by itself once its step is done, or when it is interrupted
   * @param patience how long its step may still take
   */
  public StopInTime(Thread worker, Duration patience) {
    this(worker, patience, () -> true);
  }

  /**
   * The same for one whose work ends by itself.
   *
   * @param waits whether it does not work, but waits for a server
   */
  public StopInTime(Thread worker, Duration patience, BooleanSupplier waits) {
    this.waits = Objects.requireNonNull(waits, "waits");
    this.worker = Objects.requireNonNull(worker, "worker");
    this.patience = Objects.requireNonNull(patience, "patience");
  }

  /** Says that it was told to stop, and returns at once. The first call counts. */
  public synchronized void told() {
    if (!told) {
      told = true;
      Thread watch = new Thread(this::watch, worker.getName() + "-stop");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private void watch() {
    try {
      worker.join(patience.toMillis());
      while (worker.isAlive() && !waits.getAsBoolean()) {
        worker.join(LOOK_AGAIN.toMillis());
      }
      worker.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
