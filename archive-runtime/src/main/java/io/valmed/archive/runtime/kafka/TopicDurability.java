package io.valmed.archive.runtime.kafka;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;

/**
 * Whether a topic keeps what its brokers have acknowledged: enough of them must have a record
 * before it counts as written (ADR 0124), and one that lacks some may never become the leader.
 *
 * @param topic its name
 * @param replicas how many brokers hold the partition that the fewest hold
 * @param minInsync {@code min.insync.replicas}
 * @param unclean {@code unclean.leader.election.enable}
 */
public record TopicDurability(String topic, int replicas, int minInsync, boolean unclean) {
  private static final String MIN_INSYNC = "min.insync.replicas";
  private static final String UNCLEAN = "unclean.leader.election.enable";

  /** What the broker says of the topic. */
  public static TopicDurability of(TopicDescription found, Config config) {
    return new TopicDurability(
        found.name(),
        found.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0),
        Integer.parseInt(config.get(MIN_INSYNC).value()),
        Boolean.parseBoolean(config.get(UNCLEAN).value()));
  }

  /** The settings that topics are made with. */
  public static Map<String, String> wanted(KafkaAccess kafka) {
    return Map.of(MIN_INSYNC, Short.toString(kafka.minInsyncReplicas()), UNCLEAN, "false");
  }

  /** The settings that the topic needs; empty: it has them. A stricter one is left alone. */
  public Map<String, String> lacking(KafkaAccess kafka) {
    Map<String, String> lacking = new TreeMap<>();
    if (minInsync < kafka.minInsyncReplicas()) {
      lacking.put(MIN_INSYNC, Short.toString(kafka.minInsyncReplicas()));
    }
    if (unclean) {
      lacking.put(UNCLEAN, "false");
    }
    return lacking;
  }

  /** What is wrong where fewer brokers hold the topic than must have each record; null: nothing. */
  public @Nullable String tooFewReplicas(KafkaAccess kafka) {
    return replicas >= kafka.minInsyncReplicas()
        ? null
        : "Topic %s has %d replica(s), but kafka.min-insync-replicas is %d: that many brokers must have each record. Give it more with 'kafka-reassign-partitions.sh', or set kafka.replication-factor and kafka.min-insync-replicas to what the topics have."
            .formatted(topic, replicas, kafka.minInsyncReplicas());
  }

  /** What a person has to run where the product may not change a topic's settings. */
  public static String sentence(String topic, Map<String, String> settings) {
    String config =
        settings.entrySet().stream()
            .map(one -> one.getKey() + "=" + one.getValue())
            .collect(Collectors.joining(","));
    return "Topic %s needs %s. Run 'kafka-configs.sh --alter --topic %s --add-config %s'."
        .formatted(topic, config.replace(",", " and "), topic, config);
  }
}
