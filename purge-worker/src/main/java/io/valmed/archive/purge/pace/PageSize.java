package io.valmed.archive.purge.pace;

import java.time.Duration;

/**
 * How many roots the next page looks at: as many as take four tenths of a second, so that a hold is
 * honoured and a lock is let go of well within one.
 */
public final class PageSize {
  private static final int FIRST = 200;
  private static final long TARGET_NANOS = Duration.ofMillis(400).toNanos();

  private final int most;
  private double roots;
  private double growth = 2;

  public PageSize(int most) {
    this.most = most;
    this.roots = Math.min(FIRST, most);
  }

  public int roots() {
    return (int) roots;
  }

  /** Whatever made a page fail may have been its size: goes on with half of it, growing slowly. */
  public void failed() {
    roots = Math.max(1, roots / 2);
    growth = 1.1;
  }

  /** Learns from a page. */
  public void took(long nanos, int looked) {
    if (looked > 0) {
      double affordable = looked * (double) TARGET_NANOS / Math.max(nanos, 1);
      roots = Math.max(1, Math.min(most, Math.min(affordable, roots * growth)));
    }
  }
}
