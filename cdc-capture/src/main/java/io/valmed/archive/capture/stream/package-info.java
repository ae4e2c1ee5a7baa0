/**
 * A row's way from an event into Kafka. {@link io.valmed.archive.capture.stream.ChangeRelay} takes
 * source transactions, {@link io.valmed.archive.capture.stream.RowWriter} decides what each row's
 * change is, {@link io.valmed.archive.capture.stream.Routes} where it goes: into its table's topic,
 * or, where the table no longer fits, into the parked topic ({@link
 * io.valmed.archive.capture.stream.Parking}). The {@link
 * io.valmed.archive.capture.stream.ChangeLog} is written in transactions.
 */
@NullMarked
package io.valmed.archive.capture.stream;

import org.jspecify.annotations.NullMarked;
