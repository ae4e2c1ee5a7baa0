/**
 * Kafka to archive, exactly once.
 *
 * <p>{@link io.valmed.archive.sink.SinkService} wires it. {@code SinkWork} polls {@link
 * io.valmed.archive.sink.read.ChangeTopics}, has each record read by the version it names, and
 * hands a {@link io.valmed.archive.sink.apply.Batch} to the archive's own thread. There the batch
 * is folded per table ({@link io.valmed.archive.sink.apply.Fold}) and applied to the {@link
 * io.valmed.archive.sink.apply.Archive} together with the positions behind it, in one transaction.
 */
@NullMarked
package io.valmed.archive.sink;

import org.jspecify.annotations.NullMarked;
