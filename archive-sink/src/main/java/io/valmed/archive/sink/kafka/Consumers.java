package io.valmed.archive.sink.kafka;

import io.valmed.archive.runtime.kafka.KafkaAccess;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The sink's two kinds of consumer. Both read committed records only, and none begins where its
 * group has committed: the archive says where.
 */
final class Consumers {
  private static final int FETCH_BYTES = 8 << 20;
  private static final int PARTITION_FETCH_BYTES = 2 << 20;
  private static final int MOST_POLLED = 2_000;
  private static final int SESSION_MILLIS = 15_000;
  private static final int METADATA_MILLIS = 10_000;
  private static final int ANSWER_MILLIS = 10_000;

  private Consumers() {}

  static KafkaConsumer<byte[], byte[]> ofGroup(KafkaAccess kafka, String group, int batchRecords) {
    Map<String, Object> properties = common(kafka, "archive-sink");
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MILLIS / 5);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(MOST_POLLED, batchRecords));
    return new KafkaConsumer<>(properties);
  }

  static KafkaConsumer<byte[], byte[]> alone(KafkaAccess kafka) {
    return new KafkaConsumer<>(common(kafka, "archive-sink-schema"));
  }

  private static Map<String, Object> common(KafkaAccess kafka, String clientId) {
    Map<String, Object> properties = kafka.clientProperties(clientId);
    // Brokers that are away are told of soon, and do not keep the sink from ending.
    properties.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
    properties.put(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    properties.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    return properties;
  }
}
