package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.settings.yaml.Limits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

/**
 * How the purge worker runs.
 *
 * @param worker this worker's name; its replication origin ends with it
 * @param pageAggregates most aggregates of one transaction
 * @param aggregateRows most rows of one aggregate; a larger one is refused and reported
 * @param rowsPerSecond throttle; 0: none
 * @param every pause between runs over all tables
 * @param transactionTimeout server-side limit of one transaction
 * @param lockTimeout server-side limit of one lock; below hot's {@code deadlock_timeout}
 * @param clockSkew by how much hot's, the archive's and this machine's clocks may differ
 * @param witnessWithin how long a purged row's departure may take to the cold store
 * @param archiveTimeout how long a statement in the archive may take while rows of hot are locked
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
    Duration clockSkew,
    Duration witnessWithin,
    Duration archiveTimeout,
    InetSocketAddress health) {

  /** By how much clocks may differ where nothing is said. */
  public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofSeconds(5);

  /** How long a departure may take where nothing is said. */
  public static final Duration DEFAULT_WITNESS_WITHIN = Duration.ofMinutes(10);

  /** How long the archive may take for a statement where nothing is said. */
  public static final Duration DEFAULT_ARCHIVE_TIMEOUT = Duration.ofSeconds(2);

  /** What every purge worker's replication origin begins with. */
  public static final String ORIGIN_PREFIX = "arc_purge_";

  public static final Limits.Names WORKER =
      new Limits.Names(
          "purge.worker", "[A-Za-z0-9_-]{1,60}", "must be 1 to 60 letters, digits, _ or -");
  public static final Limits.Numbers PAGE_AGGREGATES =
      new Limits.Numbers("purge.page-aggregates", 1, 100_000);
  public static final Limits.Numbers AGGREGATE_ROWS =
      new Limits.Numbers("purge.aggregate-rows", 1, 1_000_000);
  public static final Limits.Numbers ROWS_PER_SECOND =
      new Limits.Numbers("purge.rows-per-second", 0, 10_000_000);
  public static final Limits.Times EVERY =
      new Limits.Times("purge.every", Duration.ZERO, Duration.ofDays(31));
  public static final Limits.Times TRANSACTION_TIMEOUT =
      new Limits.Times("purge.transaction-timeout", Duration.ofMillis(1), Duration.ofHours(1));
  public static final Limits.Times LOCK_TIMEOUT =
      new Limits.Times("purge.lock-timeout", Duration.ofMillis(1), Duration.ofHours(1));
  public static final Limits.Times CLOCK_SKEW =
      new Limits.Times("purge.clock-skew", Duration.ofMillis(100), Duration.ofMinutes(10));

  public static final Limits.Times WITNESS_WITHIN =
      new Limits.Times("purge.witness-within", Duration.ofMillis(100), Duration.ofDays(7));

  public static final Limits.Times ARCHIVE_TIMEOUT =
      new Limits.Times("purge.archive-timeout", Duration.ofMillis(100), Duration.ofMinutes(10));

  public PurgeSettings {
    WORKER.check(worker);
    PAGE_AGGREGATES.check(pageAggregates);
    AGGREGATE_ROWS.check(aggregateRows);
    ROWS_PER_SECOND.check(rowsPerSecond);
    EVERY.check(every);
    TRANSACTION_TIMEOUT.check(transactionTimeout);
    LOCK_TIMEOUT.check(lockTimeout);
    CLOCK_SKEW.check(clockSkew);
    WITNESS_WITHIN.check(witnessWithin);
    ARCHIVE_TIMEOUT.check(archiveTimeout);
    Objects.requireNonNull(health, "health");
  }

  /** With the defaults for clocks, departures and the archive's answers. */
  public PurgeSettings(
      String worker,
      int pageAggregates,
      int aggregateRows,
      int rowsPerSecond,
      Duration every,
      Duration transactionTimeout,
      Duration lockTimeout,
      InetSocketAddress health) {
    this(
        worker,
        pageAggregates,
        aggregateRows,
        rowsPerSecond,
        every,
        transactionTimeout,
        lockTimeout,
        DEFAULT_CLOCK_SKEW,
        DEFAULT_WITNESS_WITHIN,
        DEFAULT_ARCHIVE_TIMEOUT,
        health);
  }

  /**
   * The replication origin under which this worker deletes: {@code
   * arc_purge_<oid>/<prefix>/<worker>}. Origins are the whole server's, so that the database
   * belongs to the name.
   *
   * @param prefix the installation
   * @param database the hot database's oid
   */
  public String origin(String prefix, long database) {
    return ORIGIN_PREFIX + database + "/" + prefix + "/" + worker;
  }

  /**
   * Whether a worker of the installation deletes under that origin. The names had no {@code /}
   * before installations were told apart.
   */
  public static boolean isOriginOf(String prefix, String origin) {
    if (!origin.startsWith(ORIGIN_PREFIX)) {
      return false;
    }
    int database = origin.indexOf('/');
    return database < 0 || origin.startsWith(prefix + "/", database + 1);
  }
}
