package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The measurements of the last minute and a half, oldest first. Not for several threads. */
public final class Window {
  static final Duration LENGTH = Duration.ofSeconds(90);
  private static final int MOST = 200;

  private final Deque<Measurement> kept = new ArrayDeque<>();

  /** Takes a measurement in; a clock that was set back begins a new window. */
  public void add(Measurement measurement) {
    if (!kept.isEmpty() && !measurement.at().isAfter(kept.getLast().at())) {
      kept.clear();
    }
    kept.addLast(measurement);
    Instant oldest = measurement.at().minus(LENGTH);
    while (kept.size() > MOST || kept.getFirst().at().isBefore(oldest)) {
      kept.removeFirst();
    }
  }

  /** The newest; there must be one. */
  Measurement newest() {
    return kept.getLast();
  }

  List<Measurement> all() {
    return List.copyOf(kept);
  }

  /** Seconds from one to the newest. */
  double secondsSince(Measurement earlier) {
    return seconds(earlier.at(), newest().at());
  }

  static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }

  /**
   * The newest that is at least so old and has the part; null: there is none.
   *
   * @param part what is wanted of it; null: it does not have it
   */
  @Nullable Measurement before(double seconds, Function<Measurement, @Nullable Object> part) {
    Measurement found = null;
    for (Measurement one : kept) {
      if (secondsSince(one) < seconds) {
        break;
      }
      if (part.apply(one) != null) {
        found = one;
      }
    }
    return found;
  }

  /** The oldest of the last so many seconds that has the part; null: the newest alone has it. */
  @Nullable Measurement oldest(double seconds, Function<Measurement, @Nullable Object> part) {
    for (Measurement one : kept) {
      if (secondsSince(one) <= seconds
          && one.at().isBefore(newest().at())
          && part.apply(one) != null) {
        return one;
      }
    }
    return null;
  }
}
