package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.capture.stream.TableRoute;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what only the topics have, before a new epoch begins over a history that hot has lost in
 * part: every image that an update replaced behind the point up to which hot and topics are the
 * same for certain. Which of them hot has now is not known, and if hot deletes that row before the
 * epoch's snapshot, nobody else has it. Each becomes a departure ({@link
 * DepartureCause#SUPERSEDED}); the row itself stands in the mirror as before. See docs/adr/0130.
 *
 * <p>Reads the partitions' ends three times, and keeps about a hundred bytes for each key that was
 * changed there, one partition at a time. Done again after a crash, it says the same again.
 */
public final class LostUpdates {
  private static final Logger logger = LoggerFactory.getLogger(LostUpdates.class);

  private final Settings settings;
  private final ChangeLog log;
  private final int epoch;
  private final Map<String, ChangeReader> readers = new HashMap<>();
  private final Map<TableSchema, TableRoute> routes = new HashMap<>();
  private final InTime commits;

  /**
   * @param epoch the newest epoch that Kafka has
   */
  public LostUpdates(Settings settings, ChangeLog log, int epoch) {
    this.settings = settings;
    this.log = log;
    this.epoch = epoch;
    this.commits = new InTime(log, settings.capture());
  }

  /**
   * Keeps all that is there, and commits it.
   *
   * @param shared where the topics ended at a moment that hot still has; hot may have lost all
   *     behind it
   * @param least positions of the records that let a row stand again are beyond this one
   */
  public void keep(Collection<TableId> tables, Positions shared, long least) {
    if (shared.next().isEmpty()) {
      logger.warn(
          "hot does not know where the topics ended before it lost changes: images that those"
              + " replaced are in the topics alone");
      return;
    }
    try (WholeTopic topics = new WholeTopic(settings.kafka(), settings.prefix() + "-lost")) {
      readVersions(topics);
      Positions ends = log.positions();
      for (TableId table : tables) {
        long images = 0;
        String topic = settings.topics().table(table);
        for (int i = 0; i < settings.kafka().partitions(); i++) {
          String name = Positions.partition(topic, i);
          LostTail tail =
              new LostTail(
                  topics,
                  new TopicPartition(topic, i),
                  shared.next().getOrDefault(name, 0L),
                  ends.next().getOrDefault(name, 0L));
          images += keep(tail, least);
        }
        if (images > 0) {
          logger.warn(
              "hot has lost updates that Kafka has: what they replaced is kept table={} images={}",
              table,
              images);
        }
      }
    }
  }

  private void readVersions(WholeTopic topics) {
    for (ConsumerRecord<byte[], byte[]> record : topics.read(settings.topics().schema())) {
      if (record.value() == null) {
        continue;
      }
      try {
        if (SchemaRecord.read(record.value()) instanceof TableVersion version) {
          TableSchema schema = version.schema();
          readers.put(
              settings.topics().table(schema.table()) + "/" + schema.version(),
              ChangeReader.ofBothImages(schema));
        }
      } catch (MalformedChangeException e) {
        throw KafkaHistory.foreign(settings.topics().schema(), e);
      }
    }
  }

  /** Returns how many images of the partition are kept. */
  private long keep(LostTail tail, long least) {
    long[] newest = {least};
    tail.read(
        record -> {
          @Nullable Version version = version(record);
          if (version != null && version.change().cause() != DepartureCause.SUPERSEDED) {
            Change change = version.change();
            long lsn = change.evidence().lsn();
            newest[0] = Long.compareUnsigned(lsn, newest[0]) > 0 ? lsn : newest[0];
            RowImage image = Objects.requireNonNullElse(change.after(), change.before());
            tail.seen(version.route().rowKey(image), record.offset(), change.operation());
          }
        });
    tail.seenAll();
    long[] images = {0};
    if (!tail.unchanged()) {
      tail.read(record -> images[0] += depart(record));
      log.commit();
      tail.read(record -> standAgain(tail, record, newest[0] + 1));
      log.commit();
    }
    return images[0];
  }

  /** What an update replaced. Its place is that of the update, so that it is told once. */
  private int depart(ConsumerRecord<byte[], byte[]> record) {
    commits.read();
    @Nullable Version version = version(record);
    if (version == null || version.change().operation() != Operation.UPDATE) {
      return 0;
    }
    @Nullable RowImage image = version.change().before();
    if (image == null) {
      return 0;
    }
    Evidence evidence = version.evidence(epoch, version.change().evidence().lsn() - 1);
    TableRoute route = version.route();
    log.departure(
        route,
        route.rowKey(image),
        route.departureKey(image, evidence),
        route.value(
            new Change(Operation.DELETE, evidence, DepartureCause.SUPERSEDED, image, null)));
    commits.appended();
    return 1;
  }

  /** A departure takes the row out of the mirror: its last image comes behind it once more. */
  private void standAgain(LostTail tail, ConsumerRecord<byte[], byte[]> record, long lsn) {
    commits.read();
    @Nullable Version version = tail.ends(record.offset()) ? version(record) : null;
    @Nullable RowImage image = version == null ? null : version.change().after();
    if (version == null || image == null) {
      return;
    }
    TableRoute route = version.route();
    log.change(
        route,
        route.rowKey(image),
        route.value(new Change(Operation.CREATE, version.evidence(epoch, lsn), null, null, image)));
    commits.appended();
  }

  /** A change with the way that images of its version go. */
  private record Version(Change change, TableRoute route) {

    Evidence evidence(int epoch, long lsn) {
      return new Evidence(epoch, lsn, 0, change.evidence().committedAtMicros());
    }
  }

  /** Null: a tombstone, or a record that the sink cannot read either, and has in its quarantine. */
  private @Nullable Version version(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(RecordHeaders.VERSION);
    if (record.value() == null || header == null) {
      return null;
    }
    String number = new String(header.value(), StandardCharsets.US_ASCII);
    ChangeReader reader = readers.get(record.topic() + "/" + number);
    if (reader == null) {
      return null;
    }
    try {
      TableRoute route =
          routes.computeIfAbsent(
              reader.schema(),
              schema ->
                  TableRoute.again(
                      record.topic(), new ChangeWriter(settings.prefix(), schema), epoch));
      return new Version(reader.read(record.value()), route);
    } catch (MalformedChangeException e) {
      logger.warn(
          "a record cannot be read and is passed over partition={}/{} offset={}",
          record.topic(),
          record.partition(),
          record.offset());
      return null;
    }
  }
}
