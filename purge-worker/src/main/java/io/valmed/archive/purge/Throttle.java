package io.valmed.archive.purge;

import java.time.Clock;

/** Keeps the purge to so many rows a second. */
final class Throttle {
  private static final long CREDIT_MILLIS = 1000;

  private final int rowsPerSecond;
  private final Clock clock;
  private long free;

  Throttle(int rowsPerSecond, Clock clock) {
    this.rowsPerSecond = rowsPerSecond;
    this.clock = clock;
  }

  /** Whether there is a limit at all. */
  boolean limited() {
    return rowsPerSecond > 0;
  }

  /** Whether the next page may begin. */
  boolean open() {
    return rowsPerSecond == 0 || clock.millis() >= free;
  }

  /** Counts purged rows. */
  void took(int rows) {
    if (rowsPerSecond > 0) {
      long from = Math.max(free, clock.millis() - CREDIT_MILLIS);
      free = from + rows * 1000L / rowsPerSecond;
    }
  }

  /** At most that many roots, so that a page is no more than half a second's worth of rows. */
  int most(int roots, double rowsPerRoot) {
    if (rowsPerSecond == 0) {
      return roots;
    }
    return (int) Math.max(1, Math.min(roots, rowsPerSecond / 2.0 / Math.max(1, rowsPerRoot)));
  }
}
