package io.valmed.archive.sink.kafka;

import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.sink.read.AlarmTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The alarms topic, read by a consumer of its own. */
public final class KafkaAlarmTopic implements AlarmTopic {
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration LEAVE = Duration.ofSeconds(2);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private final String id;

  private KafkaAlarmTopic(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, String id) {
    this.consumer = consumer;
    this.partition = partition;
    this.id = id;
  }

  /**
   * Finds the topic.
   *
   * @throws UnknownTopicOrPartitionException while capture has not created it
   */
  public static KafkaAlarmTopic open(KafkaAccess kafka, String topic) throws Exception {
    KafkaConsumer<byte[], byte[]> consumer = Consumers.alone(kafka);
    try (TopicLogs logs = new TopicLogs(kafka, consumer)) {
      if (consumer.partitionsFor(topic).isEmpty()) {
        throw new UnknownTopicOrPartitionException(
            "topic " + topic + " does not exist yet; capture creates it when it starts");
      }
      String id = Objects.requireNonNull(logs.topicIds(List.of(topic)).get(topic));
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return new KafkaAlarmTopic(consumer, partition, id);
    } catch (Exception e) {
      consumer.close();
      throw e;
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public void readFrom(long offset) {
    consumer.seek(partition, offset);
  }

  @Override
  public List<Read> poll() {
    List<Read> news = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.value() != null) {
          news.add(new Read(record.offset(), record.value()));
        }
      }
    } catch (OffsetOutOfRangeException e) {
      // It has lost its end: what it has is read again, and what is known already is kept once.
      consumer.seekToBeginning(List.of(partition));
    }
    return news;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(LEAVE));
  }
}
