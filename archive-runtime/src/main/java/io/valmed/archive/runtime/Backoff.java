package io.valmed.archive.runtime;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from the first to the longest, each shortened by chance by up to a quarter, so
 * that several services do not come back at one moment.
 *
 * @param first the first wait
 * @param longest the longest wait
 * @param random where the chance comes from
 */
public record Backoff(Duration first, Duration longest, RandomGenerator random) {

  public Backoff {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("back-off needs 0 < first <= longest");
    }
  }

  /** The wait after that many attempts in a row have failed, counted from 1. */
  public Duration wait(int attempt) {
    int doublings = Math.min(Math.max(attempt, 1) - 1, 30);
    long full = Math.min(first.toMillis() << doublings, longest.toMillis());
    return Duration.ofMillis(full - random.nextLong(full / 4 + 1));
  }
}
