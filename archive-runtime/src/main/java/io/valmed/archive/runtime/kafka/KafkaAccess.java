package io.valmed.archive.runtime.kafka;

import io.valmed.archive.runtime.StopException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The way into Kafka and what topics are created with.
 *
 * @param bootstrapServers {@code host:port}, comma separated
 * @param partitions partitions of each table's topic; fixed once a topic exists, 1 to 256
 * @param replicationFactor replicas of each topic
 * @param minInsyncReplicas how many of them must have a record before it counts as written
 * @param maxMessageBytes the largest record a topic takes
 * @param security how every client logs in
 */
public record KafkaAccess(
    String bootstrapServers,
    int partitions,
    short replicationFactor,
    short minInsyncReplicas,
    int maxMessageBytes,
    KafkaSecurity security) {

  public KafkaAccess {
    Objects.requireNonNull(bootstrapServers, "bootstrapServers");
    Objects.requireNonNull(security, "security");
    if (partitions < 1 || partitions > 256) {
      throw new IllegalArgumentException("kafka.partitions must be 1 to 256");
    }
    if (minInsyncReplicas < 1 || minInsyncReplicas > replicationFactor) {
      throw new IllegalArgumentException(
          "kafka.min-insync-replicas must be 1 to kafka.replication-factor, which is "
              + replicationFactor);
    }
  }

  /** With as many replicas in sync as {@link #defaultMinInsync} says. */
  public KafkaAccess(
      String bootstrapServers,
      int partitions,
      short replicationFactor,
      int maxMessageBytes,
      KafkaSecurity security) {
    this(
        bootstrapServers,
        partitions,
        replicationFactor,
        (short) defaultMinInsync(replicationFactor),
        maxMessageBytes,
        security);
  }

  /** Two brokers must have a record, unless there is one replica alone. */
  public static int defaultMinInsync(int replicationFactor) {
    return Math.min(2, replicationFactor);
  }

  /**
   * The properties every client starts from: address and security.
   *
   * @throws StopException when a file that they are in cannot be read
   */
  public Map<String, Object> clientProperties(String clientId) {
    Map<String, Object> all = new HashMap<>(security.clientProperties());
    all.put("bootstrap.servers", bootstrapServers);
    all.put("client.id", clientId);
    return all;
  }

  /** Tells the address only. */
  @Override
  public String toString() {
    return "Kafka at " + bootstrapServers;
  }
}
