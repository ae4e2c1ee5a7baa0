/**
 * The product's topics: {@link io.valmed.archive.capture.kafka.TopicProvisioning} makes and checks
 * them, {@link io.valmed.archive.capture.kafka.KafkaHistory} reads back where earlier runs stood,
 * {@link io.valmed.archive.capture.kafka.TransactionalLog} writes.
 */
@NullMarked
package io.valmed.archive.capture.kafka;

import org.jspecify.annotations.NullMarked;
