package io.valmed.archive.purge.pace;

import java.util.function.LongSupplier;

/** Keeps work to so many rows a second. */
public final class Throttle {
  private static final long CREDIT_NANOS = 1_000_000_000;

  private final int rowsPerSecond;
  private final LongSupplier nanos;
  private long free;

  /**
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public Throttle(int rowsPerSecond, LongSupplier nanos) {
    this.rowsPerSecond = rowsPerSecond;
    this.nanos = nanos;
    this.free = nanos.getAsLong();
  }

  /** Whether there is a limit at all. */
  public boolean limited() {
    return rowsPerSecond > 0;
  }

  /** Whether the next page may begin. */
  public boolean open() {
    return rowsPerSecond == 0 || nanos.getAsLong() - free >= 0;
  }

  /** Counts rows. */
  public void took(int rows) {
    if (rowsPerSecond > 0) {
      long earliest = nanos.getAsLong() - CREDIT_NANOS;
      long from = free - earliest > 0 ? free : earliest;
      free = from + rows * 1_000_000_000L / rowsPerSecond;
    }
  }

  /** At most that many roots, so that a page is no more than half a second's worth of rows. */
  public int most(int roots, double rowsPerRoot) {
    if (rowsPerSecond == 0) {
      return roots;
    }
    return (int) Math.max(1, Math.min(roots, rowsPerSecond / 2.0 / Math.max(1, rowsPerRoot)));
  }
}
