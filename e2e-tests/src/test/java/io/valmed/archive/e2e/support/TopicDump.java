package io.valmed.archive.e2e.support;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads committed records of topics whole. */
public final class TopicDump {
  private final Map<String, Object> clientProperties;
  private final TopicNames topics;

  public TopicDump(Map<String, Object> clientProperties, TopicNames topics) {
    this.clientProperties = clientProperties;
    this.topics = topics;
  }

  /**
   * A change as it stands in a topic.
   *
   * @param schema the version it was written with
   */
  public record Found(TableSchema schema, Change change, int partition, long offset) {
    /** The image's values in the order of the columns asked for. */
    public List<@Nullable String> values(List<String> columns) {
      RowImage image = change.departure() ? change.before() : change.after();
      List<@Nullable String> values = new ArrayList<>();
      for (String column : columns) {
        values.add(image == null ? null : image.get(schema.indexOf(column)));
      }
      return values;
    }
  }

  /** Turns compaction of the tables' topics off, so that every change stays to be counted. */
  public void neverCompact(List<WorldTable> tables) throws Exception {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    AlterConfigOp off =
        new AlterConfigOp(
            new ConfigEntry("min.compaction.lag.ms", Long.toString(Long.MAX_VALUE)),
            AlterConfigOp.OpType.SET);
    for (WorldTable table : tables) {
      changes.put(
          new ConfigResource(ConfigResource.Type.TOPIC, topics.table(table.id())), List.of(off));
    }
    try (Admin admin = Admin.create(clientProperties)) {
      admin.incrementalAlterConfigs(changes).all().get();
    }
  }

  /** What is done with each change. */
  @FunctionalInterface
  public interface Each {
    void change(Found found);
  }

  /** Every change of the table, by partition and offset; tombstones left out. */
  public List<Found> changes(TableId table) throws Exception {
    List<Found> found = new ArrayList<>();
    eachChange(table, found::add);
    return found;
  }

  /** Hands over every change of the table in its partition's order; tombstones left out. */
  public void eachChange(TableId table, Each each) throws Exception {
    Map<Integer, TableSchema> versions = versions(table);
    Map<Integer, ChangeReader> readers = new HashMap<>();
    List<ConsumerRecord<byte[], byte[]>> unreadable = new ArrayList<>();
    read(
        topics.table(table),
        record -> {
          if (record.value() != null) {
            int version =
                Integer.parseInt(
                    new String(
                        record.headers().lastHeader(RecordHeaders.VERSION).value(),
                        StandardCharsets.US_ASCII));
            TableSchema schema = Objects.requireNonNull(versions.get(version), "unknown version");
            ChangeReader reader = readers.computeIfAbsent(version, v -> new ChangeReader(schema));
            try {
              each.change(
                  new Found(
                      schema, reader.read(record.value()), record.partition(), record.offset()));
            } catch (MalformedChangeException e) {
              unreadable.add(record);
            }
          }
        });
    if (!unreadable.isEmpty()) {
      throw new IllegalStateException(unreadable.size() + " unreadable changes of " + table);
    }
  }

  /** The versions of the table that the schema topic tells. */
  public Map<Integer, TableSchema> versions(TableId table) throws Exception {
    Map<Integer, TableSchema> versions = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records(topics.schema())) {
      if (SchemaRecord.read(record.value()) instanceof SchemaRecord.TableVersion version
          && version.schema().table().equals(table)) {
        versions.put(version.schema().version(), version.schema());
      }
    }
    return versions;
  }

  /** Every committed record of the topic. */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    read(topic, all::add);
    return all;
  }

  private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> to) {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Collection<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(to);
      }
    }
  }
}
