/**
 * From hot's WAL into Kafka: whole source transactions, with the source offset behind them in one
 * Kafka transaction.
 *
 * <p>{@link io.valmed.archive.capture.CaptureService} is the running service, {@link
 * io.valmed.archive.capture.Capture} puts it together. Each opening asks Kafka where it stood
 * ({@link io.valmed.archive.capture.StoredState}) and hot what it has ({@link
 * io.valmed.archive.capture.HotState}); {@link io.valmed.archive.capture.StartGuard} compares the
 * two. A new {@link io.valmed.archive.model.Epoch} begins with a {@link
 * io.valmed.archive.capture.Snapshot}; then the {@link io.valmed.archive.capture.ChangeRelay} takes
 * {@link io.valmed.archive.capture.SourceEvent}s from the {@link
 * io.valmed.archive.capture.SourceStream} and appends them to the {@link
 * io.valmed.archive.capture.ChangeLog}.
 */
@NullMarked
package io.valmed.archive.capture;

import org.jspecify.annotations.NullMarked;
