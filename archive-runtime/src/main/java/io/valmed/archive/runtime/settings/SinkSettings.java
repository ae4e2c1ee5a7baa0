package io.valmed.archive.runtime.settings;

import java.net.InetSocketAddress;

/**
 * How a sink runs.
 *
 * @param group the consumer group that several sinks share
 * @param batchRecords most records of one batch
 * @param batchBytes most bytes of one batch's values
 * @param monthsAhead cold partitions made ahead of hot's newest month
 * @param health where health and metrics are served; port 0: a free one
 */
public record SinkSettings(
    String group, int batchRecords, long batchBytes, int monthsAhead, InetSocketAddress health) {}
