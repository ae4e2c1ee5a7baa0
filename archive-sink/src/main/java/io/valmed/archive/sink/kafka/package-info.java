/**
 * The sink's way into Kafka: {@link io.valmed.archive.sink.kafka.KafkaChangeTopics} shares the
 * table topics with the other sinks, {@link io.valmed.archive.sink.kafka.KafkaSchemaTopic} reads
 * the schema topic alone and whole.
 */
@NullMarked
package io.valmed.archive.sink.kafka;

import org.jspecify.annotations.NullMarked;
