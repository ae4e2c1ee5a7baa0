package io.valmed.archive.runtime;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a working thread last said that it works, and when the next word is due. Given at each turn
 * of a loop, on the way through a long piece of work, and before one that cannot say anything on
 * the way; read by any thread.
 */
public final class LifeSign {
  /** How soon the next sign is due where nothing else is said. */
  public static final Duration SOON = Duration.ofSeconds(6);

  private record Given(long nanos, long nextWithin) {}

  private static final long NEVER = Long.MAX_VALUE;

  private final String thread;
  private final LongSupplier nanos;
  private volatile Given last;

  /**
   * @param thread which thread works, for metrics and health answers
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public LifeSign(String thread, LongSupplier nanos) {
    this.thread = thread;
    this.nanos = nanos;
    this.last = new Given(nanos.getAsLong(), NEVER);
  }

  /** Which thread works. */
  public String thread() {
    return thread;
  }

  /** It works; the next sign comes within {@link #SOON}. */
  public void give() {
    give(SOON);
  }

  /** It begins something that may take so long without another sign. */
  public void give(Duration next) {
    last = new Given(nanos.getAsLong(), next.toNanos());
  }

  /** It has nothing to do until its next sign. */
  public void rest() {
    last = new Given(nanos.getAsLong(), NEVER);
  }

  /** How many seconds ago the last sign was given; 0 while the thread has nothing to do. */
  public double ageSeconds() {
    Given given = last;
    return given.nextWithin() == NEVER ? 0 : (nanos.getAsLong() - given.nanos()) / 1e9;
  }

  /** Whether the next sign should have come by now. */
  public boolean overdue() {
    Given given = last;
    return nanos.getAsLong() - given.nanos() > given.nextWithin();
  }
}
