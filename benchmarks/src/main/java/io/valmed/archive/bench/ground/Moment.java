package io.valmed.archive.bench.ground;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * This machine's wall clock in microseconds: what the servers on it stamp their records with too.
 */
public final class Moment {
  private Moment() {}

  /** Microseconds since 1970. */
  public static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** The seconds between two moments. */
  public static double seconds(long from, long to) {
    return (to - from) / 1e6;
  }

  /** What is waited for. */
  @FunctionalInterface
  public interface Condition {
    boolean met() throws Exception;
  }

  /**
   * Looks again and again until the condition is met.
   *
   * @param what is waited for, for the message
   * @return when it was met
   * @throws IllegalStateException when it is not met within the limit
   */
  public static long until(String what, Duration limit, long pauseMillis, Condition condition)
      throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.met()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "waited " + limit.toSeconds() + " s in vain for " + what + " to come about");
      }
      TimeUnit.MILLISECONDS.sleep(pauseMillis);
    }
    return now();
  }
}
