/**
 * Kafka to archive, exactly once.
 *
 * <p>{@link io.valmed.archive.sink.SinkService} wires it. {@code SinkWork} polls {@link
 * io.valmed.archive.sink.ChangeTopics}, has each record read by the version it names, and hands a
 * {@link io.valmed.archive.sink.Batch} to the archive's own thread. There the batch is folded per
 * table ({@link io.valmed.archive.sink.Fold}) and applied to the {@link
 * io.valmed.archive.sink.Archive} together with the positions behind it, in one transaction.
 */
@NullMarked
package io.valmed.archive.sink;

import org.jspecify.annotations.NullMarked;
