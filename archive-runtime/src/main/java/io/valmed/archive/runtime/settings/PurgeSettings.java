package io.valmed.archive.runtime.settings;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How the purge worker runs.
 *
 * @param worker this worker's name; its replication origin is {@code arc_purge_<worker>}
 * @param pageAggregates most aggregates of one transaction
 * @param aggregateRows most rows of one aggregate; a larger one is refused and reported
 * @param rowsPerSecond throttle; 0: none
 * @param every pause between runs over all tables
 * @param transactionTimeout server-side limit of one transaction
 * @param lockTimeout server-side limit of one lock; below hot's {@code deadlock_timeout}
 * @param health where health and metrics are served; port 0: a free one
 */
public record PurgeSettings(
    String worker,
    int pageAggregates,
    int aggregateRows,
    int rowsPerSecond,
    Duration every,
    Duration transactionTimeout,
    Duration lockTimeout,
    InetSocketAddress health) {

  /** The replication origin under which this worker deletes. */
  public String origin() {
    return ORIGIN_PREFIX + worker;
  }

  /** What every purge worker's replication origin begins with; capture knows a purge by it. */
  public static final String ORIGIN_PREFIX = "arc_purge_";
}
