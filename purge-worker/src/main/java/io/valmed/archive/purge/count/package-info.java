/**
 * What the purge says of itself: {@link io.valmed.archive.purge.count.PurgeTally} counts rows and
 * aggregates, {@link io.valmed.archive.purge.count.PurgeProgress} writes them to the log, {@link
 * io.valmed.archive.purge.count.PurgeMetrics} to the metrics; {@link
 * io.valmed.archive.purge.count.PurgeServers} asks both servers when somebody asks.
 */
@NullMarked
package io.valmed.archive.purge.count;

import org.jspecify.annotations.NullMarked;
