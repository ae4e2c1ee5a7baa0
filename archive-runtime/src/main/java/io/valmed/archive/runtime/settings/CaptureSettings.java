package io.valmed.archive.runtime.settings;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How capture runs.
 *
 * @param slot the replication slot, letters, digits and {@code _} in lower case
 * @param publication the publication
 * @param heartbeatEvery how often the heartbeat row is written
 * @param transactionRecords records after which a very large source transaction may be cut into
 *     several Kafka transactions, where the LSN changes
 * @param transactionTime time after which it may be cut; below the broker's transaction timeout
 * @param health where health and metrics are served; port 0: a free one
 */
public record CaptureSettings(
    String slot,
    String publication,
    Duration heartbeatEvery,
    int transactionRecords,
    Duration transactionTime,
    InetSocketAddress health) {}
