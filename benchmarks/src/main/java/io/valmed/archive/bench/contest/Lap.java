package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Use;
import java.util.Map;

/**
 * What one run came to.
 *
 * @param rows that were carried in the time
 * @param seconds the time
 * @param used by process
 */
public record Lap(long rows, double seconds, Map<String, Use> used) {
  public Lap {
    used = Map.copyOf(used);
  }

  public double rowsPerSecond() {
    return rows / seconds;
  }

  static void expect(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(
          what + ": expected " + expected + " rows, but found " + found);
    }
  }
}
