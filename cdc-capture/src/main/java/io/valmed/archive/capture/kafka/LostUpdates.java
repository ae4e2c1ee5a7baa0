package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.ChangeLog;
import io.valmed.archive.capture.TableRoute;
import io.valmed.archive.model.Change;
import io.valmed.archive.model.ChangeReader;
import io.valmed.archive.model.ChangeWriter;
import io.valmed.archive.model.DepartureCause;
import io.valmed.archive.model.Evidence;
import io.valmed.archive.model.MalformedChangeException;
import io.valmed.archive.model.Operation;
import io.valmed.archive.model.Positions;
import io.valmed.archive.model.RecordHeaders;
import io.valmed.archive.model.RowImage;
import io.valmed.archive.model.SchemaRecord;
import io.valmed.archive.model.SchemaRecord.TableVersion;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
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
 * Takes back what only a history that hot has lost had changed, before a new epoch begins: a row
 * that was updated there stands in the topics as hot has it, and so in the mirror, and what the
 * lost updates had made of it becomes a departure. Otherwise nobody would have the row as hot had
 * it if hot deletes it before the epoch's snapshot. See docs/adr/0130.
 *
 * <p>Reads the partitions' ends three times, and keeps about a hundred bytes for each key that was
 * changed there, one partition at a time. Done again after a crash, it files an image once more,
 * and loses none.
 */
public final class LostUpdates {
  private static final Logger logger = LoggerFactory.getLogger(LostUpdates.class);

  private final Settings settings;
  private final ChangeLog log;
  private final int epoch;
  private final Map<String, ChangeReader> readers = new HashMap<>();
  private final Map<TableSchema, TableRoute> routes = new HashMap<>();
  private long appended;

  /**
   * @param epoch the newest epoch that Kafka has
   */
  public LostUpdates(Settings settings, ChangeLog log, int epoch) {
    this.settings = settings;
    this.log = log;
    this.epoch = epoch;
  }

  /**
   * Takes back all that is there, and commits it.
   *
   * @param shared where the topics ended at a moment that hot still has; all behind may be lost
   * @param least positions of the new records are beyond this one
   */
  public void takeBack(Collection<TableId> tables, Positions shared, long least) {
    if (shared.next().isEmpty()) {
      logger.warn(
          "hot does not know where the topics ended before it lost changes: rows that those changed"
              + " stay as they are in the archive until the new epoch has copied the tables");
      return;
    }
    try (WholeTopic topics = new WholeTopic(settings.kafka(), settings.prefix() + "-lost")) {
      readVersions(topics);
      Positions ends = log.positions();
      for (TableId table : tables) {
        long rows = 0;
        String topic = settings.topics().table(table);
        for (int i = 0; i < settings.kafka().partitions(); i++) {
          String name = Positions.partition(topic, i);
          LostTail tail =
              new LostTail(
                  topics,
                  new TopicPartition(topic, i),
                  shared.next().getOrDefault(name, 0L),
                  ends.next().getOrDefault(name, 0L));
          rows += takeBack(tail, least);
        }
        if (rows > 0) {
          logger.warn(
              "hot has lost updates that Kafka has: rows stand in the topics as hot has them table={}"
                  + " rows={}",
              table,
              rows);
        }
      }
      log.commit();
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

  /** Returns how many rows of the partition stand as hot has them again. */
  private long takeBack(LostTail tail, long least) {
    long[] newest = {least};
    tail.read(
        record -> {
          @Nullable Version version = version(record);
          if (version == null) {
            return;
          }
          Change change = version.change();
          long lsn = change.evidence().lsn();
          newest[0] = Long.compareUnsigned(lsn, newest[0]) > 0 ? lsn : newest[0];
          RowImage image = Objects.requireNonNullElse(change.after(), change.before());
          tail.seen(version.route().rowKey(image), record.offset(), change.operation());
        });
    tail.seenAll();
    tail.read(record -> depart(tail, record, newest[0] + 1));
    long[] rows = {0};
    tail.read(record -> rows[0] += standAgain(tail, record, newest[0] + 2));
    return rows[0];
  }

  /** What the lost changes left of the row. */
  private void depart(LostTail tail, ConsumerRecord<byte[], byte[]> record, long lsn) {
    @Nullable Version version = tail.ends(record.offset()) ? version(record) : null;
    @Nullable RowImage image = version == null ? null : version.change().after();
    if (version != null && image != null) {
      Evidence evidence = version.evidence(epoch, lsn);
      TableRoute route = version.route();
      log.departure(
          route,
          route.rowKey(image),
          route.departureKey(image, evidence),
          route.value(
              new Change(Operation.DELETE, evidence, DepartureCause.SUPERSEDED, image, null)));
      appended();
    }
  }

  private int standAgain(LostTail tail, ConsumerRecord<byte[], byte[]> record, long lsn) {
    @Nullable Version version = tail.begins(record.offset()) ? version(record) : null;
    if (version == null) {
      return 0;
    }
    Change change = version.change();
    @Nullable RowImage image =
        change.operation() == Operation.UPDATE ? change.before() : change.after();
    if (image == null) {
      return 0;
    }
    TableRoute route = version.route();
    log.change(
        route,
        route.rowKey(image),
        route.value(new Change(Operation.CREATE, version.evidence(epoch, lsn), null, null, image)));
    appended();
    return 1;
  }

  private void appended() {
    appended++;
    if (appended % settings.capture().transactionRecords() == 0) {
      log.commit();
    }
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
