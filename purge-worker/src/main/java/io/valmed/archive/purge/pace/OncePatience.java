package io.valmed.archive.purge.pace;

import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.settings.yaml.Durations;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long {@code purge --once} waits for what passes by itself: rows that are locked or not yet
 * archived, another worker of its name, a database that does not answer. Each purged row begins the
 * wait anew. Without an end, whoever started it would never be told why.
 */
public final class OncePatience {
  private final Duration length;
  private final LongSupplier purged;
  private final LongSupplier nanos;
  private long seen;
  private long since;

  /**
   * @param length zero: for ever
   * @param purged how many rows have been purged so far
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public OncePatience(Duration length, LongSupplier purged, LongSupplier nanos) {
    this.length = length;
    this.purged = purged;
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** Whether nothing has been purged for so long that waiting on is of no use. */
  public boolean over() {
    long now = purged.getAsLong();
    if (now != seen) {
      seen = now;
      since = nanos.getAsLong();
    }
    return !length.isZero() && nanos.getAsLong() - since >= length.toNanos();
  }

  /** The same source, whose failures become final when the patience is over. */
  public Work.Source limit(Work.Source source) {
    return () -> {
      try {
        return limit(source.open());
      } catch (Exception e) {
        throw orOver(e);
      }
    };
  }

  private Work limit(Work work) {
    return new Work() {
      @Override
      public Next step() throws Exception {
        try {
          return work.step();
        } catch (Exception e) {
          throw orOver(e);
        }
      }

      @Override
      public void close() {
        work.close();
      }
    };
  }

  private Exception orOver(Exception failure) {
    return FailureKind.of(failure) == FailureKind.RETRY && over()
        ? new StopException(
            "Nothing could be purged for %s, so --once ends: %s. Start it again when that has passed."
                .formatted(Durations.format(length), Failures.sentence(failure)),
            failure)
        : failure;
  }
}
