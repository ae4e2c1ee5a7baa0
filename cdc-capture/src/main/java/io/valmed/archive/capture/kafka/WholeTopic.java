package io.valmed.archive.capture.kafka;

import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads committed records of whole topics, in no consumer group. */
final class WholeTopic implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LATE_END = Duration.ofSeconds(5);
  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  /**
   * The client asks for more before it knows that it has all, and a broker that has no more answers
   * only after this time, whatever else is asked of it meanwhile.
   */
  private static final int WAIT_AT_END_MILLIS = 10;

  private final KafkaConsumer<byte[], byte[]> consumer;

  WholeTopic(KafkaAccess kafka, String clientId) {
    Map<String, Object> properties = kafka.clientProperties(clientId);
    properties.put("isolation.level", "read_committed");
    properties.put("allow.auto.create.topics", false);
    properties.put("enable.auto.commit", false);
    // Of a partition whose first records are gone, read what there is.
    properties.put("auto.offset.reset", "earliest");
    properties.put("fetch.max.wait.ms", WAIT_AT_END_MILLIS);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All records that were committed when the call began, in order. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    TopicPartition only = new TopicPartition(topic, 0);
    consumer.assign(List.of(only));
    consumer.seekToBeginning(List.of(only));
    long end = consumer.endOffsets(List.of(only)).getOrDefault(only, 0L);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (consumer.position(only) < end) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("topic " + topic + " was not read to its end in " + LIMIT);
      }
      consumer.poll(Duration.ofMillis(500)).forEach(records::add);
    }
    return records;
  }

  /** The offset behind the partition's last committed record. */
  long end(TopicPartition partition) {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /** What is done with each record. */
  @FunctionalInterface
  interface Each {
    void take(ConsumerRecord<byte[], byte[]> record);
  }

  /**
   * A partition's records from one offset to before another, in order, as far as they are there.
   *
   * @throws TimeoutException when none came for a minute, though the end was not reached
   */
  void read(TopicPartition partition, long from, long end, Each each) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, from);
    long reached = from;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (reached < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
        if (record.offset() < end) {
          each.take(record);
        }
      }
      if (consumer.position(partition) > reached) {
        reached = consumer.position(partition);
        deadline = System.nanoTime() + LIMIT.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "partition " + partition + " was not read beyond " + reached + " in " + LIMIT);
      }
    }
  }

  /**
   * Each partition with the offset behind its last committed record. A broker that has just come
   * back may tell an end that is too low, so that is asked for again for a while.
   *
   * @param known where they must at least end
   */
  Map<TopicPartition, Long> ends(Collection<String> topics, Positions known)
      throws InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
    }
    long giveUp = System.nanoTime() + LATE_END.toNanos();
    while (true) {
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      boolean late =
          ends.entrySet().stream()
              .anyMatch(
                  end ->
                      end.getValue()
                          < known.next().getOrDefault(name(end.getKey()), Long.MIN_VALUE));
      if (!late || System.nanoTime() > giveUp) {
        return ends;
      }
      TimeUnit.NANOSECONDS.sleep(ASK_AGAIN.toNanos());
    }
  }

  private static String name(TopicPartition partition) {
    return Positions.partition(partition.topic(), partition.partition());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
