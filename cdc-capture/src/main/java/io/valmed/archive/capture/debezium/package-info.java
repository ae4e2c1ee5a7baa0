/**
 * The stream behind a replication slot, read by Debezium's PostgreSQL connector.
 *
 * <p>{@link io.valmed.archive.capture.debezium.DebeziumStream} drives the connector's task as Kafka
 * Connect would. {@link io.valmed.archive.capture.debezium.PlainTextTask} makes the connector leave
 * values as PostgreSQL's output functions wrote them and notes each table's oid ({@link
 * io.valmed.archive.capture.debezium.Relations}); {@link
 * io.valmed.archive.capture.debezium.EventReader} turns its records into events.
 */
@NullMarked
package io.valmed.archive.capture.debezium;

import org.jspecify.annotations.NullMarked;
