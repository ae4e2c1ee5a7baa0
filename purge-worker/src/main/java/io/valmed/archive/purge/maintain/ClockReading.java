package io.valmed.archive.purge.maintain;

import java.time.Duration;

/**
 * What a clock showed, beside this process's steady clock, which nobody sets.
 *
 * @param offsetMicros how far the clock was ahead of the steady one, at the middle of the question
 * @param uncertainMicros half the round trip: by how much that may be wrong
 */
public record ClockReading(long offsetMicros, long uncertainMicros) {

  /**
   * A reading.
   *
   * @param micros microseconds since 1970 by that clock
   * @param before {@link System#nanoTime} before it was asked
   * @param after the same when its answer was there
   */
  public static ClockReading of(long micros, long before, long after) {
    long roundTrip = after - before;
    return new ClockReading(micros - (before + roundTrip / 2) / 1000, roundTrip / 2000);
  }

  /** Whether the two clocks certainly differ by more than that. */
  boolean differs(ClockReading other, Duration bound) {
    long apart = Math.abs(offsetMicros - other.offsetMicros);
    return apart - uncertainMicros - other.uncertainMicros > bound.toNanos() / 1000;
  }

  /** By how many seconds this clock is ahead of the other. */
  public double aheadOf(ClockReading other) {
    return (offsetMicros - other.offsetMicros) / 1e6;
  }
}
