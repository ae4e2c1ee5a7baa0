package io.valmed.archive.sink.kafka;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.settings.SinkSettings;
import io.valmed.archive.sink.read.ChangeTopics;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.TopicRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table topics, read by a member of the sinks' consumer group. */
public final class KafkaChangeTopics implements ChangeTopics {
  private static final Duration LEAVE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(KafkaChangeTopics.class);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Where the archive said where to begin: what the group shows is never begun from. */
  private final Set<TopicPartition> placed = new HashSet<>();

  private final TopicLogs logs;
  private final Map<TopicPartition, Partition> partitions = new HashMap<>();
  private @Nullable Exception refused;

  private KafkaChangeTopics(KafkaConsumer<byte[], byte[]> consumer, TopicLogs logs) {
    this.consumer = consumer;
    this.logs = logs;
  }

  /** Opens the clients; nothing is asked of the brokers yet. */
  public static KafkaChangeTopics open(KafkaAccess kafka, SinkSettings settings) {
    KafkaConsumer<byte[], byte[]> consumer =
        Consumers.ofGroup(kafka, settings.group(), settings.batchRecords());
    try {
      return new KafkaChangeTopics(consumer, new TopicLogs(kafka, consumer));
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  @Override
  public void subscribe(Collection<String> topics, Ownership ownership) {
    consumer.subscribe(List.copyOf(topics), new Listener(ownership));
  }

  @Override
  public List<TopicRecord> poll(Duration wait) throws Exception {
    ConsumerRecords<byte[], byte[]> polled = pollConsumer(wait);
    List<TopicRecord> records = new ArrayList<>(polled.count());
    for (TopicPartition from : polled.partitions()) {
      if (!placed.contains(from)) {
        throw new IllegalStateException(
            "records of " + from + " were read from where the archive did not say");
      }
      Partition partition = partition(from);
      for (ConsumerRecord<byte[], byte[]> record : polled.records(from)) {
        records.add(new KafkaTopicRecord(partition, record));
      }
    }
    return records;
  }

  @Override
  public void keepAlive() throws Exception {
    Set<TopicPartition> held = consumer.paused();
    consumer.pause(consumer.assignment());
    ConsumerRecords<byte[], byte[]> polled = pollConsumer(Duration.ZERO);
    polled.partitions().forEach(p -> consumer.seek(p, polled.records(p).get(0).offset()));
    Set<TopicPartition> free = new java.util.HashSet<>(consumer.assignment());
    free.removeAll(held);
    consumer.resume(free);
  }

  @Override
  public long position(Partition partition) {
    return consumer.position(kafka(partition));
  }

  @Override
  public Map<String, String> ids(Collection<String> topics) throws Exception {
    return logs.topicIds(topics);
  }

  @Override
  public void hold(Partition partition, long offset) {
    consumer.seek(kafka(partition), offset);
    consumer.pause(List.of(kafka(partition)));
  }

  @Override
  public void release(Collection<Partition> held) {
    Set<TopicPartition> mine = consumer.assignment();
    consumer.resume(held.stream().map(KafkaChangeTopics::kafka).filter(mine::contains).toList());
  }

  @Override
  public void show(Map<Partition, Long> applied) {
    Set<TopicPartition> mine = consumer.assignment();
    Map<TopicPartition, OffsetAndMetadata> shown = new HashMap<>();
    applied.forEach(
        (partition, offset) -> {
          if (mine.contains(kafka(partition))) {
            shown.put(kafka(partition), new OffsetAndMetadata(offset, "for information only"));
          }
        });
    try {
      consumer.commitAsync(
          shown,
          (offsets, failure) -> {
            if (failure != null) {
              log.debug("the group's offsets were not shown", failure);
            }
          });
    } catch (KafkaException e) {
      // Whatever is wrong, the next poll says it better.
      log.debug("the group's offsets cannot be shown", e);
    }
  }

  @Override
  public void close() {
    try {
      consumer.close(CloseOptions.timeout(LEAVE));
    } finally {
      logs.close();
    }
  }

  private ConsumerRecords<byte[], byte[]> pollConsumer(Duration wait) throws Exception {
    try {
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(wait);
      throwIfRefused();
      return polled;
    } catch (OffsetOutOfRangeException e) {
      // The look at the start says more: it knows where the topic begins and ends.
      throwIfRefused();
      throw new StopException(
          "The positions "
              + e.offsetOutOfRangePartitions()
              + " in arc.sink_position are no longer, or not yet, in their topics. Restore the"
              + " topics, or run './archive capture --new-epoch'; the sink goes on once that epoch"
              + " has begun.",
          e);
    } catch (KafkaException e) {
      throwIfRefused();
      throw e;
    }
  }

  private void throwIfRefused() throws Exception {
    if (refused != null) {
      throw refused;
    }
  }

  private Partition partition(TopicPartition from) {
    return partitions.computeIfAbsent(from, p -> new Partition(p.topic(), p.partition()));
  }

  private static TopicPartition kafka(Partition partition) {
    return new TopicPartition(partition.topic(), partition.number());
  }

  /** Seeks at once where the archive stands; a failure is kept for the poll that called. */
  private final class Listener implements ConsumerRebalanceListener {
    private final Ownership ownership;

    Listener(Ownership ownership) {
      this.ownership = ownership;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      if (assigned.isEmpty()) {
        return;
      }
      try {
        Map<String, String> ids =
            logs.topicIds(assigned.stream().map(TopicPartition::topic).distinct().toList());
        Map<Partition, String> topicIds =
            assigned.stream()
                .collect(
                    Collectors.toMap(
                        KafkaChangeTopics.this::partition,
                        p -> java.util.Objects.requireNonNull(ids.get(p.topic()))));
        Map<TopicPartition, Long> begin = new HashMap<>();
        ownership.assigned(topicIds).forEach((p, offset) -> begin.put(kafka(p), offset));
        begin.forEach(consumer::seek);
        placed.addAll(begin.keySet());
        logs.refuseOutside(begin);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        refused = e;
      } catch (Exception e) {
        refused = e;
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      placed.removeAll(revoked);
      ownership.revoked(revoked.stream().map(KafkaChangeTopics.this::partition).toList());
    }
  }
}
