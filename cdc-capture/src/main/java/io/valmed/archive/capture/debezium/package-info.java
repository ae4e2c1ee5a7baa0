/**
 * The stream behind a replication slot, read with two parts of Debezium's PostgreSQL connector: its
 * replication connection and its decoder.
 *
 * <p>{@link io.valmed.archive.capture.debezium.DebeziumStream} connects; {@link
 * io.valmed.archive.capture.debezium.StreamPump} reads, on a thread of its own, and tells hot what
 * it may forget; {@link io.valmed.archive.capture.debezium.EventReader} turns the decoder's
 * messages into events, with the tables that hot has announced ({@link
 * io.valmed.archive.capture.debezium.AnnouncedTables}) and values as PostgreSQL's output functions
 * wrote them ({@link io.valmed.archive.capture.debezium.PlainTextTypes}); {@link
 * io.valmed.archive.capture.debezium.EventQueue} hands them over within a bound of memory.
 */
@NullMarked
package io.valmed.archive.capture.debezium;

import org.jspecify.annotations.NullMarked;
