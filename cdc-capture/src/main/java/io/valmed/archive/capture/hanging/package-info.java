/**
 * Transactions that hang in Kafka: {@link io.valmed.archive.runtime.kafka.OpenTransactions} finds
 * them, {@link io.valmed.archive.capture.hanging.OffsetsEvidence} tells whether capture counts what
 * they hold, and {@link io.valmed.archive.capture.hanging.HangingTransactions} ends them so.
 */
@NullMarked
package io.valmed.archive.capture.hanging;

import org.jspecify.annotations.NullMarked;
