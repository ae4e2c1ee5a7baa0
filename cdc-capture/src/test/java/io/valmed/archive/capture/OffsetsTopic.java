package io.valmed.archive.capture;

import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The offsets topic as text. */
final class OffsetsTopic {
  private final Settings settings;

  OffsetsTopic(Settings settings) {
    this.settings = settings;
  }

  /** The slot's newest committed record. */
  String newest(String slot) {
    Map<String, Object> properties = settings.kafka().clientProperties("test");
    properties.put("isolation.level", "read_committed");
    Map<String, String> newest = new HashMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition only = new TopicPartition(settings.topics().captureOffsets(), 0);
      consumer.assign(List.of(only));
      consumer.seekToBeginning(List.of(only));
      long end = consumer.endOffsets(List.of(only)).getOrDefault(only, 0L);
      while (consumer.position(only) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          newest.put(record.key(), record.value());
        }
      }
    }
    return Objects.requireNonNull(newest.get(slot));
  }
}
