/**
 * From hot's WAL into Kafka: whole source transactions, with the source offset behind them in one
 * Kafka transaction.
 *
 * <p>{@link io.valmed.archive.capture.CaptureService} is the running service, {@link
 * io.valmed.archive.capture.Capture} puts it together. Each opening ({@link
 * io.valmed.archive.capture.CaptureOpening}) asks Kafka where it stood and hot what it has, and
 * {@code start} compares the two. {@code epoch} goes on, or begins an epoch; {@code phase} then
 * does what is due: the slot's rest, the snapshot, the stream. {@code stream} takes each {@code
 * event} into the log; {@code schema} knows the tables. {@code debezium} and {@code engine} read
 * hot's stream, {@code postgres} asks hot, {@code kafka} writes; {@code hanging} ends transactions
 * that a broker forgot.
 */
@NullMarked
package io.valmed.archive.capture;

import org.jspecify.annotations.NullMarked;
