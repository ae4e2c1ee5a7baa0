package io.valmed.archive.runtime.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Finds the transactions that are open in topics, and asks their coordinators about them. */
public final class OpenTransactions {
  private static final long SECONDS = 30;

  private final Admin admin;
  private final Set<String> topics;

  /**
   * @param admin asks; closed by the caller
   * @param topics which topics; those that are not there yet have no transactions
   */
  public OpenTransactions(Admin admin, Collection<String> topics) {
    this.admin = admin;
    this.topics = Set.copyOf(topics);
  }

  /**
   * All that are open. One that {@linkplain OpenTransaction#hangs hangs} does for good: partitions
   * are asked before and behind the coordinators, and only what did not change meanwhile counts.
   *
   * @throws KafkaException when Kafka does not answer
   */
  public List<OpenTransaction> find() throws InterruptedException {
    Map<TopicPartition, List<ProducerState>> before = open(behind());
    if (before.isEmpty()) {
      return List.of();
    }
    Map<Long, TransactionListing> listed = listed(before);
    Map<String, TransactionDescription> described =
        answer(
            admin
                .describeTransactions(
                    listed.values().stream()
                        .map(TransactionListing::transactionalId)
                        .collect(Collectors.toSet()))
                .all());
    Map<TopicPartition, List<ProducerState>> after = open(before.keySet());
    List<OpenTransaction> all = new ArrayList<>();
    before.forEach(
        (partition, producers) -> {
          for (ProducerState producer : producers) {
            if (same(producer, after.getOrDefault(partition, List.of()))) {
              @Nullable TransactionListing of = listed.get(producer.producerId());
              @Nullable String id = of == null ? null : of.transactionalId();
              all.add(
                  new OpenTransaction(
                      partition, producer, id, id == null ? null : described.get(id)));
            }
          }
        });
    return all;
  }

  private static boolean same(ProducerState before, List<ProducerState> after) {
    return after.stream()
        .anyMatch(
            now ->
                now.producerId() == before.producerId()
                    && now.producerEpoch() == before.producerEpoch()
                    && now.currentTransactionStartOffset()
                        .equals(before.currentTransactionStartOffset()));
  }

  private Map<Long, TransactionListing> listed(Map<TopicPartition, List<ProducerState>> open)
      throws InterruptedException {
    Set<Long> producers =
        open.values().stream()
            .flatMap(List::stream)
            .map(ProducerState::producerId)
            .collect(Collectors.toSet());
    Map<Long, TransactionListing> listed = new HashMap<>();
    for (TransactionListing one :
        answer(
            admin
                .listTransactions(new ListTransactionsOptions().filterProducerIds(producers))
                .all())) {
      listed.put(one.producerId(), one);
    }
    return listed;
  }

  /** The partitions in which committed records end before the last one. */
  private Collection<TopicPartition> behind() throws InterruptedException {
    Set<String> there =
        answer(admin.listTopics().names()).stream()
            .filter(topics::contains)
            .collect(Collectors.toSet());
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription topic : answer(admin.describeTopics(there).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(
              one ->
                  wanted.put(
                      new TopicPartition(topic.name(), one.partition()), OffsetSpec.latest()));
    }
    Map<TopicPartition, ListOffsetsResultInfo> stable =
        answer(
            admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all());
    Map<TopicPartition, ListOffsetsResultInfo> ends = answer(admin.listOffsets(wanted).all());
    return ends.entrySet().stream()
        .filter(
            end -> {
              ListOffsetsResultInfo first = stable.get(end.getKey());
              return first != null && first.offset() < end.getValue().offset();
            })
        .map(Map.Entry::getKey)
        .toList();
  }

  private Map<TopicPartition, List<ProducerState>> open(Collection<TopicPartition> partitions)
      throws InterruptedException {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, List<ProducerState>> open = new HashMap<>();
    for (Map.Entry<TopicPartition, PartitionProducerState> one :
        answer(admin.describeProducers(partitions).all()).entrySet()) {
      List<ProducerState> producers =
          one.getValue().activeProducers().stream()
              .filter(producer -> producer.currentTransactionStartOffset().isPresent())
              .toList();
      if (!producers.isEmpty()) {
        open.put(one.getKey(), producers);
      }
    }
    return open;
  }

  public static <T> T answer(KafkaFuture<T> asked) throws InterruptedException {
    try {
      return asked.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new KafkaException("Kafka failed when it was asked for transactions", e.getCause());
    } catch (TimeoutException e) {
      throw new org.apache.kafka.common.errors.TimeoutException(
          "Kafka did not answer when it was asked for transactions", e);
    }
  }
}
