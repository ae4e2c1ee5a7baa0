package io.valmed.archive.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The way into Kafka and what topics are created with.
 *
 * @param bootstrapServers {@code host:port}, comma separated
 * @param partitions partitions of each table's topic; fixed once a topic exists, 1 to 256
 * @param replicationFactor replicas of each topic
 * @param maxMessageBytes the largest record a topic takes
 * @param properties further client properties (security), given to every client
 */
public record KafkaAccess(
    String bootstrapServers,
    int partitions,
    short replicationFactor,
    int maxMessageBytes,
    Map<String, String> properties) {

  public KafkaAccess {
    Objects.requireNonNull(bootstrapServers, "bootstrapServers");
    properties = Map.copyOf(properties);
    if (partitions < 1 || partitions > 256) {
      throw new IllegalArgumentException("kafka.partitions must be 1 to 256");
    }
  }

  /** The properties every client starts from: address and the further ones. */
  public Map<String, Object> clientProperties(String clientId) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("bootstrap.servers", bootstrapServers);
    all.put("client.id", clientId);
    return all;
  }

  /** Tells the address only: properties may hold a password. */
  @Override
  public String toString() {
    return "Kafka at " + bootstrapServers;
  }
}
