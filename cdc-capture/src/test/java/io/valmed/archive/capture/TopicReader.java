package io.valmed.archive.capture;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What a topic holds for a reader of committed records. */
final class TopicReader {
  private final Settings settings;
  private final String topic;

  /**
   * One record.
   *
   * @param change null: a tombstone
   * @param schema the version it was written with; null for a tombstone
   */
  record Read(
      int partition,
      long offset,
      String key,
      @Nullable Change change,
      @Nullable TableSchema schema) {

    /** {@code c}, {@code u}, {@code r}, the cause of a departure, or {@code tombstone}. */
    String kind() {
      if (change == null) {
        return "tombstone";
      }
      return change.cause() == null ? change.operation().letter() : change.cause().word();
    }

    @Nullable String after(String column) {
      return text(Objects.requireNonNull(change).after(), column);
    }

    @Nullable String before(String column) {
      return text(Objects.requireNonNull(change).before(), column);
    }

    /** Null too where the version has no such column. */
    private @Nullable String text(@Nullable RowImage image, String column) {
      int index = Objects.requireNonNull(schema).indexOf(column);
      return index < 0 ? null : Objects.requireNonNull(image).get(index);
    }
  }

  TopicReader(Settings settings, String topic) {
    this.settings = settings;
    this.topic = topic;
  }

  /** All changes, partition by partition in order. */
  List<Read> changes() {
    Map<String, TableSchema> versions = versions();
    List<Read> all = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records()) {
      all.add(read(record, versions));
    }
    return all;
  }

  /** {@code kind value-of-column}, for each change that is no tombstone. */
  List<String> told(String column) {
    return changes().stream()
        .filter(read -> read.change() != null)
        .map(
            read ->
                read.kind()
                    + " "
                    + (read.change().departure() ? read.before(column) : read.after(column)))
        .toList();
  }

  private static Read read(
      ConsumerRecord<byte[], byte[]> record, Map<String, TableSchema> versions) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      return new Read(record.partition(), record.offset(), key, null, null);
    }
    String version =
        new String(
            record.headers().lastHeader(RecordHeaders.VERSION).value(), StandardCharsets.US_ASCII);
    TableSchema schema =
        Objects.requireNonNull(
            versions.get(record.topic() + "/" + version), "no version " + version);
    try {
      Change change = new ChangeReader(schema).read(record.value());
      return new Read(record.partition(), record.offset(), key, change, schema);
    } catch (MalformedChangeException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, TableSchema> versions() {
    Map<String, TableSchema> versions = new HashMap<>();
    for (SchemaRecord record : new TopicReader(settings, settings.topics().schema()).schemas()) {
      if (record instanceof TableVersion version) {
        TableSchema schema = version.schema();
        versions.put(settings.topics().table(schema.table()) + "/" + schema.version(), schema);
      }
    }
    return versions;
  }

  /** The records of the schema topic. */
  List<SchemaRecord> schemas() {
    List<SchemaRecord> all = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records()) {
      try {
        all.add(SchemaRecord.read(record.value()));
      } catch (MalformedChangeException e) {
        throw new IllegalStateException(e);
      }
    }
    return all;
  }

  /** The values as text. */
  List<String> values() {
    return records().stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  List<ConsumerRecord<byte[], byte[]>> records() {
    Map<String, Object> properties = new LinkedHashMap<>(settings.kafka().clientProperties("test"));
    properties.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
      }
      return all;
    }
  }
}
