package io.valmed.archive.runtime.kafka;

import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a partition has not seen the end of, so that readers of committed records get
 * nothing behind its first record.
 *
 * @param partition the partition
 * @param producer what the partition knows of the producer; its transaction is open
 * @param transactionalId whose it is; null: no coordinator knows
 * @param coordinator what the coordinator knows; null where {@code transactionalId} is
 */
public record OpenTransaction(
    TopicPartition partition,
    ProducerState producer,
    @Nullable String transactionalId,
    @Nullable TransactionDescription coordinator) {

  /** The offset of its first record there. */
  public long start() {
    return producer.currentTransactionStartOffset().orElseThrow();
  }

  public short epoch() {
    return (short) producer.producerEpoch();
  }

  public int coordinatorEpoch() {
    return producer.coordinatorEpoch().orElse(0);
  }

  /**
   * Whether it hangs: the coordinator does not mean to end it there any more, since it has, or does
   * not know of it. No writer and no time changes that.
   */
  public boolean hangs() {
    TransactionDescription known = coordinator;
    return known == null
        || known.producerId() != producer.producerId()
        || !underWay(known.state())
        || !known.topicPartitions().contains(partition);
  }

  /** Whether the coordinator is about to end it. */
  public boolean ending() {
    return !hangs() && coordinator != null && coordinator.state() != TransactionState.ONGOING;
  }

  private static boolean underWay(TransactionState state) {
    return switch (state) {
      case ONGOING, PREPARE_COMMIT, PREPARE_ABORT, PREPARE_EPOCH_FENCE, UNKNOWN -> true;
      case COMPLETE_COMMIT, COMPLETE_ABORT, EMPTY -> false;
    };
  }

  /** What it is, for a person. */
  public String sentence() {
    return "Partition %s has a transaction of producer %d, epoch %d%s, open from offset %d on, though Kafka's coordinator does not: a broker that was stopped has lost its end (KAFKA-20734), and whoever reads committed records gets nothing behind it."
        .formatted(
            partition,
            producer.producerId(),
            producer.producerEpoch(),
            transactionalId == null ? "" : " (" + transactionalId + ")",
            start());
  }
}
