package io.valmed.archive.sink;

import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The table topics of a fixture. */
final class TestTopics {
  private static final int PARTITIONS = SinkFixture.PARTITIONS;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Map<String, String> COMPACTED =
      Map.of(
          "cleanup.policy", "compact",
          "retention.ms", "-1",
          "segment.ms", "200",
          "min.cleanable.dirty.ratio", "0.01",
          "max.compaction.lag.ms", "200",
          "delete.retention.ms", "100");

  private final Admin admin;
  private final KafkaAccess kafka;
  private final Set<String> topics;

  TestTopics(Admin admin, KafkaAccess kafka, Set<String> topics) {
    this.admin = admin;
    this.kafka = kafka;
    this.topics = Set.copyOf(topics);
  }

  /** Makes them, the schema topic and the alarms topic. */
  void create(String schemaTopic, String alarmsTopic) throws Exception {
    List<NewTopic> wanted = new ArrayList<>();
    for (String topic : topics) {
      wanted.add(new NewTopic(topic, PARTITIONS, (short) 1).configs(COMPACTED));
    }
    wanted.add(new NewTopic(schemaTopic, 1, (short) 1).configs(COMPACTED));
    wanted.add(new NewTopic(alarmsTopic, 1, (short) 1));
    admin.createTopics(wanted).all().get();
  }

  /** Holds compaction back, so that the topics are the whole history. */
  void keepEveryRecord() throws Exception {
    set(Map.of("max.compaction.lag.ms", "86400000", "min.compaction.lag.ms", "86400000"));
  }

  /** Lets the table topics take records of that size. */
  void takeRecordsUpTo(int bytes) throws Exception {
    set(Map.of("max.message.bytes", String.valueOf(bytes)));
  }

  private void set(Map<String, String> config) throws Exception {
    List<AlterConfigOp> wanted = new ArrayList<>();
    config.forEach(
        (name, value) ->
            wanted.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    topics.forEach(t -> changes.put(new ConfigResource(ConfigResource.Type.TOPIC, t), wanted));
    admin.incrementalAlterConfigs(changes).all().get();
  }

  /** The ends of all table topics once the markers of the last commit have been written. */
  Positions ends() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                ends(IsolationLevel.READ_COMMITTED).equals(ends(IsolationLevel.READ_UNCOMMITTED)));
    return ends(IsolationLevel.READ_COMMITTED);
  }

  private Positions ends(IsolationLevel isolation) throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (String topic : topics) {
      for (int i = 0; i < PARTITIONS; i++) {
        wanted.put(new TopicPartition(topic, i), OffsetSpec.latest());
      }
    }
    Map<String, Long> ends = new HashMap<>();
    admin
        .listOffsets(wanted, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .forEach((p, end) -> ends.put(Positions.partition(p.topic(), p.partition()), end.offset()));
    return Positions.of(ends);
  }

  /** How many records compaction has left in the topic. */
  int records(String topic) {
    Map<String, Object> properties = kafka.clientProperties("test");
    properties.put("isolation.level", "read_committed");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
      List<TopicPartition> all = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        all.add(new TopicPartition(topic, i));
      }
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      int count = 0;
      while (all.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        count += consumer.poll(Duration.ofMillis(100)).count();
      }
      return count;
    }
  }
}
