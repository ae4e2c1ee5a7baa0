package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.settings.yaml.Limits;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * How a sink runs.
 *
 * @param group the consumer group that several sinks share
 * @param batchRecords most records of one batch
 * @param batchBytes most bytes of one batch's values
 * @param monthsAhead cold partitions made ahead of hot's newest month
 * @param unseenShare the percentage of a table's archived rows that a new epoch may file as unseen
 *     without asking; 100: it never asks
 * @param health where health and metrics are served; port 0: a free one
 */
public record SinkSettings(
    String group,
    int batchRecords,
    long batchBytes,
    int monthsAhead,
    int unseenShare,
    InetSocketAddress health) {
  public static final Limits.Names GROUP =
      new Limits.Names(
          "sink.group", "[A-Za-z0-9._-]{1,200}", "must be 1 to 200 letters, digits, '.', _ or -");
  public static final Limits.Numbers BATCH_RECORDS =
      new Limits.Numbers("sink.batch-records", 1, 1_000_000);
  public static final Limits.Numbers BATCH_BYTES =
      new Limits.Numbers("sink.batch-bytes", 1, 1L << 30, true);
  public static final Limits.Numbers MONTHS_AHEAD = new Limits.Numbers("sink.months-ahead", 0, 120);
  public static final Limits.Numbers UNSEEN_SHARE = new Limits.Numbers("sink.unseen-share", 0, 100);
  public static final int DEFAULT_UNSEEN_SHARE = 1;

  public SinkSettings {
    GROUP.check(group);
    BATCH_RECORDS.check(batchRecords);
    BATCH_BYTES.check(batchBytes);
    MONTHS_AHEAD.check(monthsAhead);
    UNSEEN_SHARE.check(unseenShare);
    Objects.requireNonNull(health, "health");
  }

  /** With the share that goes unasked by default. */
  public SinkSettings(
      String group, int batchRecords, long batchBytes, int monthsAhead, InetSocketAddress health) {
    this(group, batchRecords, batchBytes, monthsAhead, DEFAULT_UNSEEN_SHARE, health);
  }
}
