package io.valmed.archive.sink.kafka;

import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.sink.read.SchemaTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The schema topic, read from its beginning by a consumer of its own. */
public final class KafkaSchemaTopic implements SchemaTopic {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LEAVE = Duration.ofSeconds(2);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;

  private KafkaSchemaTopic(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    this.consumer = consumer;
    this.partition = partition;
  }

  /**
   * Begins at the topic's beginning.
   *
   * @throws UnknownTopicOrPartitionException while capture has not created the topic
   */
  public static KafkaSchemaTopic open(KafkaAccess kafka, String topic) {
    KafkaConsumer<byte[], byte[]> consumer = Consumers.alone(kafka);
    try {
      if (consumer.partitionsFor(topic).isEmpty()) {
        throw new UnknownTopicOrPartitionException(
            "topic " + topic + " does not exist yet; capture creates it when it starts");
      }
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return new KafkaSchemaTopic(consumer, partition);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  @Override
  public List<SchemaRecord> readToEnd() {
    long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    List<SchemaRecord> news = new ArrayList<>();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.value() != null) {
          news.add(read(record));
        }
      }
    }
    return news;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(LEAVE));
  }

  private static SchemaRecord read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return SchemaRecord.read(record.value());
    } catch (MalformedChangeException e) {
      throw new StopException(
          "The record at "
              + record.topic()
              + "/"
              + record.offset()
              + " is no schema record. Restore the schema topic.",
          e);
    }
  }
}
