package io.valmed.archive.capture.kafka;

import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.TopicDurability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Creates the topics that are missing, and refuses those that are not as they must be. */
public final class TopicProvisioning {
  private static final String NEW_EPOCH =
      " Purged rows may stand in no topic any more: run './archive verify', then './archive capture"
          + " --new-epoch'.";

  private static final String LARGEST = "max.message.bytes";
  private static final int ATTEMPTS = 50;
  private static final long PAUSE_MILLIS = 200;

  private final KafkaAccess kafka;
  private final TopicNames topics;

  public TopicProvisioning(KafkaAccess kafka, TopicNames topics) {
    this.kafka = kafka;
    this.topics = topics;
  }

  /**
   * The product's own topics.
   *
   * @throws StopException when one is not as it must be
   * @throws KafkaException when Kafka does not answer
   */
  public void ensureOwn() throws InterruptedException {
    ensure(
        List.of(
            new Wanted(topics.schema(), 1, "compact", null),
            new Wanted(topics.captureOffsets(), 1, "compact", null),
            new Wanted(topics.alarms(), 1, "delete", null),
            new Wanted(topics.parked(), 1, "delete", null)));
  }

  /**
   * The tables' topics.
   *
   * @param known the topics' ids that the stored offset remembers; empty: nothing is remembered
   * @return each topic's id
   * @throws StopException when one is not as it must be, or not the one that was written before
   * @throws KafkaException when Kafka does not answer
   */
  public Map<String, String> ensureTables(List<PolicyTable> tables, Map<String, String> known)
      throws InterruptedException {
    List<Wanted> wanted = new ArrayList<>();
    for (PolicyTable table : tables) {
      String topic = topics.table(table.table());
      wanted.add(new Wanted(topic, kafka.partitions(), "compact", known.get(topic)));
    }
    return ensure(wanted);
  }

  private record Wanted(String name, int partitions, String cleanup, @Nullable String knownId) {}

  private Map<String, String> ensure(List<Wanted> all) throws InterruptedException {
    try (Admin admin = Admin.create(kafka.clientProperties(topics.prefix() + "-provisioning"))) {
      List<Wanted> missing = new ArrayList<>();
      for (Wanted wanted : all) {
        if (describe(admin, wanted.name()) == null) {
          missing.add(wanted);
        }
      }
      create(admin, missing);
      Map<String, String> ids = new TreeMap<>();
      for (Wanted wanted : all) {
        TopicDescription found = await(admin, wanted.name());
        check(admin, wanted, found);
        ids.put(wanted.name(), found.topicId().toString());
      }
      return ids;
    }
  }

  /** A topic that was just created is not known to every broker at once. */
  private static TopicDescription await(Admin admin, String topic) throws InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      TopicDescription found = describe(admin, topic);
      if (found != null) {
        return found;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new KafkaException("topic " + topic + " was created but is not there yet");
  }

  private void check(Admin admin, Wanted wanted, TopicDescription found)
      throws InterruptedException {
    String id = found.topicId().toString();
    if (wanted.knownId() != null && !wanted.knownId().equals(id)) {
      throw new StopException(
          "Topic " + wanted.name() + " was deleted from Kafka and created anew." + NEW_EPOCH);
    }
    if (found.partitions().size() != wanted.partitions()) {
      throw new StopException(
          "Topic %s has %d partitions, but %d are set: a row's changes would stand in two partitions. Set 'kafka.partitions' back, or use another prefix."
              .formatted(wanted.name(), found.partitions().size(), wanted.partitions()));
    }
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, wanted.name());
    Config config =
        answer(admin.describeConfigs(List.of(resource)).values().get(resource), "its settings");
    String cleanup = config == null ? null : config.get("cleanup.policy").value();
    if (!wanted.cleanup().equals(cleanup)) {
      throw new StopException(
          "Topic %s has cleanup.policy=%s, but must have %s, or records are lost. Run 'kafka-configs.sh --alter --topic %s --add-config cleanup.policy=%s'."
              .formatted(
                  wanted.name(), cleanup, wanted.cleanup(), wanted.name(), wanted.cleanup()));
    }
    for (String retention : List.of("retention.ms", "retention.bytes")) {
      String value = config == null ? null : config.get(retention).value();
      if (!"-1".equals(value)) {
        throw new StopException(
            "Topic %s has %s=%s, but must have -1, or records are lost. Run 'kafka-configs.sh --alter --topic %s --add-config %s=-1'."
                .formatted(wanted.name(), retention, value, wanted.name(), retention));
      }
    }
    TopicDurability durability = TopicDurability.of(found, Objects.requireNonNull(config));
    String tooFew = durability.tooFewReplicas(kafka);
    if (tooFew != null) {
      throw new StopException(tooFew);
    }
    Map<String, String> settings = new TreeMap<>(durability.lacking(kafka));
    if (Long.parseLong(config.get(LARGEST).value()) < kafka.maxMessageBytes()) {
      settings.put(LARGEST, Integer.toString(kafka.maxMessageBytes()));
    }
    if (!settings.isEmpty()) {
      set(admin, resource, settings);
    }
  }

  /** A setting was changed after the topic was made, here or by somebody else. */
  private static void set(Admin admin, ConfigResource topic, Map<String, String> settings)
      throws InterruptedException {
    List<AlterConfigOp> set =
        settings.entrySet().stream()
            .map(one -> new ConfigEntry(one.getKey(), one.getValue()))
            .map(one -> new AlterConfigOp(one, AlterConfigOp.OpType.SET))
            .toList();
    try {
      answer(admin.incrementalAlterConfigs(Map.of(topic, set)).all(), "the settings of topics");
    } catch (KafkaException e) {
      if (e.getCause() instanceof AuthorizationException) {
        throw new StopException(TopicDurability.sentence(topic.name(), settings), e);
      }
      throw e;
    }
  }

  private void create(Admin admin, List<Wanted> missing) throws InterruptedException {
    List<NewTopic> created = new ArrayList<>();
    for (Wanted wanted : missing) {
      if (wanted.knownId() != null) {
        throw new StopException("Topic " + wanted.name() + " was deleted from Kafka." + NEW_EPOCH);
      }
      Map<String, String> config = new HashMap<>();
      config.put("cleanup.policy", wanted.cleanup());
      config.put("retention.ms", "-1");
      config.put("retention.bytes", "-1");
      config.putAll(TopicDurability.wanted(kafka));
      config.put(LARGEST, Integer.toString(kafka.maxMessageBytes()));
      created.add(
          new NewTopic(wanted.name(), wanted.partitions(), kafka.replicationFactor())
              .configs(config));
    }
    try {
      answer(admin.createTopics(created).all(), "the creation of topics");
    } catch (KafkaException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private static @Nullable TopicDescription describe(Admin admin, String topic)
      throws InterruptedException {
    try {
      return answer(
          admin.describeTopics(List.of(topic)).topicNameValues().get(topic), "topic " + topic);
    } catch (KafkaException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw e;
    }
  }

  private static <T extends @Nullable Object> @Nullable T answer(
      @Nullable KafkaFuture<T> asked, String what) throws InterruptedException {
    try {
      return asked == null ? null : asked.get();
    } catch (InterruptedException e) {
      // Still so when the client is closed, which would wait a minute for brokers that are away.
      Thread.currentThread().interrupt();
      throw e;
    } catch (ExecutionException e) {
      throw new KafkaException("Kafka failed at " + what, e.getCause());
    }
  }
}
