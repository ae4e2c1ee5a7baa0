/**
 * From hot's WAL into Kafka: whole source transactions, with the source offset behind them in one
 * Kafka transaction.
 *
 * <p>{@link io.valmed.archive.capture.CaptureService} is the running service, {@link
 * io.valmed.archive.capture.Capture} puts it together. Each opening asks Kafka where it stood
 * ({@link io.valmed.archive.capture.StoredState}) and hot what it has ({@link
 * io.valmed.archive.capture.HotState}); {@link io.valmed.archive.capture.StartGuard} compares the
 * two. A new {@link io.valmed.archive.model.Epoch} begins with what the slot still has ({@link
 * io.valmed.archive.capture.RestPhase}), then a {@link io.valmed.archive.capture.Snapshot}; then
 * the {@link io.valmed.archive.capture.ChangeRelay} takes {@link
 * io.valmed.archive.capture.SourceEvent}s from the {@link io.valmed.archive.capture.SourceStream}
 * ({@link io.valmed.archive.capture.engine.ChosenStream} chooses one of two) and appends them to
 * the {@link io.valmed.archive.capture.ChangeLog}.
 *
 * <p>{@link io.valmed.archive.capture.Routes} tells where a row goes: into its table's topic, or,
 * where {@link io.valmed.archive.capture.TableTrouble} sees that the table no longer fits, into the
 * parked topic ({@link io.valmed.archive.capture.Parking}). {@link
 * io.valmed.archive.capture.HotGuard} looks at publication and tables, at the start and, driven by
 * {@link io.valmed.archive.capture.RunningGuard}, again and again.
 */
@NullMarked
package io.valmed.archive.capture;

import org.jspecify.annotations.NullMarked;
