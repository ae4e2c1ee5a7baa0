/**
 * A real hot PostgreSQL, a real archive PostgreSQL and a real Kafka broker without Docker, each a
 * process of its own that a test may kill.
 *
 * <p>{@link io.valmed.archive.stack.LocalStack} claims a {@link
 * io.valmed.archive.stack.StackDirectory}, unpacks {@link
 * io.valmed.archive.stack.postgres.PostgresBinaries} once per user, and starts two {@link
 * io.valmed.archive.stack.postgres.PostgresServer} and one {@link
 * io.valmed.archive.stack.kafka.KafkaServer} (whose process runs {@link
 * io.valmed.archive.stack.kafka.KafkaMain}). What is in the directory is told by {@link
 * io.valmed.archive.stack.StackState}. A {@link io.valmed.archive.stack.process.Watchdog} ends the
 * servers of a temporary stack when the process that started it dies.
 */
@NullMarked
package io.valmed.archive.stack;

import org.jspecify.annotations.NullMarked;
