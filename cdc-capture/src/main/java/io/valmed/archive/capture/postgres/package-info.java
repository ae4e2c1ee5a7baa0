/**
 * Hot's own side: {@link io.valmed.archive.capture.postgres.HotInspection} tells what is there,
 * {@link io.valmed.archive.capture.postgres.CatalogReader} what a table looks like, {@link
 * io.valmed.archive.capture.postgres.SlotSnapshot} makes the slot and copies the tables as they
 * were then, {@link io.valmed.archive.capture.postgres.HeartbeatWriter} writes the heartbeat.
 */
@NullMarked
package io.valmed.archive.capture.postgres;

import org.jspecify.annotations.NullMarked;
