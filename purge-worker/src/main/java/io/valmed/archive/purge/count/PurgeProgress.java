package io.valmed.archive.purge.count;

import io.valmed.archive.databases.hot.TableHeldException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * About how many aggregates may still leave hot, for a line in the log alone: to count them reads
 * whole tables, so it is done every ten minutes of work, and what has left since is taken off.
 */
public final class PurgeProgress {
  private static final Logger log = LoggerFactory.getLogger(PurgeProgress.class);
  private static final long COUNT_EVERY_NANOS = Duration.ofMinutes(10).toNanos();
  private static final long UNKNOWN = -1;

  private final Eligible eligible;
  private final PurgeTally tally;
  private final LongSupplier nanos;
  private long counted = UNKNOWN;
  private long countedAt;
  private long purgedThen;

  /** Counts aggregates of hot that are settled and cold. */
  @FunctionalInterface
  public interface Eligible {
    long count() throws SQLException, TableHeldException;
  }

  public PurgeProgress(Eligible eligible, PurgeTally tally, LongSupplier nanos) {
    this.eligible = eligible;
    this.tally = tally;
    this.nanos = nanos;
  }

  /** How many rows have been purged. */
  public long rows() {
    return tally.counts().total();
  }

  /** What is still to be done, in words. */
  public String left() {
    long now = nanos.getAsLong();
    if (counted == UNKNOWN || now - countedAt >= COUNT_EVERY_NANOS) {
      count(now);
    }
    return counted == UNKNOWN
        ? "not known"
        : "about %,d aggregates that are settled and cold"
            .formatted(Math.max(0, counted - (aggregates() - purgedThen)));
  }

  private void count(long now) {
    try {
      counted = eligible.count();
      purgedThen = aggregates();
    } catch (SQLException | TableHeldException e) {
      // The purge itself says what is wrong with hot, or with a table.
      log.debug("what is left to purge could not be counted", e);
      counted = UNKNOWN;
    }
    countedAt = now;
  }

  private long aggregates() {
    return tally.counts().roots().values().stream().mapToLong(PurgeCounts.Root::aggregates).sum();
  }
}
