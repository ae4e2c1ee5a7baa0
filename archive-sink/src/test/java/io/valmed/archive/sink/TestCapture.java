package io.valmed.archive.sink;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Writes topics as the contracts say capture does. */
final class TestCapture implements AutoCloseable {
  private static final long COMMITTED_AT = 1_700_000_000_123_456L;

  private final TopicNames topics;
  private final int partitions;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<TableSchema, ChangeWriter> writers = new HashMap<>();
  private final Map<Integer, Map<TableId, Long>> copied = new HashMap<>();
  private int epoch = 1;
  private long lsn = 0x16B374D848L;

  TestCapture(String bootstrapServers, TopicNames topics, int partitions) {
    this.topics = topics;
    this.partitions = partitions;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                topics.prefix() + "-capture",
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                256 * 1024,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                64 << 20,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class.getName(),
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class.getName()));
    producer.initTransactions();
  }

  /** Further changes belong to the epoch. */
  TestCapture inEpoch(int number) {
    epoch = number;
    return this;
  }

  /** Runs the changes in one Kafka transaction. */
  void commit(Runnable changes) {
    producer.beginTransaction();
    changes.run();
    producer.commitTransaction();
  }

  /** Runs the changes in a Kafka transaction that is rolled back. */
  void abort(Runnable changes) {
    producer.beginTransaction();
    changes.run();
    producer.flush();
    producer.abortTransaction();
  }

  void version(TableSchema schema) {
    schemaRecord(new SchemaRecord.TableVersion(schema));
  }

  void installed(SchemaRecord.Installed record) {
    schemaRecord(record);
  }

  void epoch(Epoch state) {
    schemaRecord(new SchemaRecord.EpochState(state));
  }

  /** A record of the alarms topic. */
  void alarm(byte[] value) {
    post(new ProducerRecord<>(topics.alarms(), 0, null, value));
  }

  /**
   * The epoch as it is told once its snapshot is whole, which has copied as many rows of each of
   * {@link TestTables#policy()} as were read in it here.
   */
  Epoch whole(int number, Positions end) {
    Map<TableId, Long> rows = new HashMap<>();
    for (TableId table : List.of(TestTables.ORDERS, TestTables.DOSES, TestTables.RATES)) {
      rows.put(table, copied.getOrDefault(number, Map.of()).getOrDefault(table, 0L));
    }
    return new Epoch(number, "7312", 1, false, Positions.NONE).completed(end, rows, 0);
  }

  void read(TableSchema schema, @Nullable String... row) {
    copied.computeIfAbsent(epoch, e -> new HashMap<>()).merge(schema.table(), 1L, Long::sum);
    change(Operation.READ, schema, row);
  }

  void create(TableSchema schema, @Nullable String... row) {
    change(Operation.CREATE, schema, row);
  }

  void update(TableSchema schema, @Nullable String... row) {
    change(Operation.UPDATE, schema, row);
  }

  /** A departure with its tombstone. */
  void depart(TableSchema schema, DepartureCause cause, @Nullable String... row) {
    RowImage image = new RowImage(row);
    Evidence evidence = evidence(731);
    ChangeWriter writer = writer(schema);
    byte[] value = writer.value(new Change(Operation.DELETE, evidence, cause, image, null));
    byte[] rowKey = writer.rowKey(image);
    send(schema, rowKey, writer.departureKey(image, evidence), value);
    post(new ProducerRecord<>(topics.table(schema.table()), partition(rowKey), rowKey, null));
  }

  /** A departure of an older epoch, told in the present one: without a tombstone. */
  void departPast(int past, TableSchema schema, @Nullable String... row) {
    RowImage image = new RowImage(row);
    Evidence now = evidence(731);
    Evidence evidence = new Evidence(past, now.lsn(), now.txid(), now.committedAtMicros());
    ChangeWriter writer = writer(schema);
    byte[] value =
        writer.value(new Change(Operation.DELETE, evidence, DepartureCause.DELETED, image, null));
    send(schema, writer.rowKey(image), writer.departureKey(image, evidence), value);
  }

  /** Something that no capture writes, where the row's records stand. */
  void raw(TableSchema schema, byte[] rowKey, byte @Nullable [] key, byte[] value) {
    send(schema, rowKey, key, value);
  }

  byte[] rowKey(TableSchema schema, @Nullable String... row) {
    return writer(schema).rowKey(new RowImage(row));
  }

  private void change(Operation operation, TableSchema schema, @Nullable String... row) {
    RowImage image = new RowImage(row);
    Evidence evidence = evidence(operation == Operation.READ ? 0 : 730);
    ChangeWriter writer = writer(schema);
    byte[] rowKey = writer.rowKey(image);
    byte[] value = writer.value(new Change(operation, evidence, null, null, image));
    send(schema, rowKey, rowKey, value);
  }

  private void send(TableSchema schema, byte[] rowKey, byte @Nullable [] key, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.table(schema.table()), partition(rowKey), key, value);
    record.headers().add(header(RecordHeaders.VERSION, schema.version()));
    record.headers().add(header(RecordHeaders.EPOCH, epoch));
    post(record);
  }

  /** Commit throws what a send has failed with. */
  private void post(ProducerRecord<byte[], byte[]> record) {
    var unused = producer.send(record);
  }

  private void schemaRecord(SchemaRecord record) {
    post(new ProducerRecord<>(topics.schema(), 0, record.key(), record.value()));
  }

  /** The LSN of the next change, or below it. */
  long here() {
    return lsn + 1;
  }

  private Evidence evidence(long txid) {
    lsn += 64;
    return new Evidence(epoch, lsn, txid, COMMITTED_AT);
  }

  private ChangeWriter writer(TableSchema schema) {
    return writers.computeIfAbsent(schema, s -> new ChangeWriter(topics.prefix(), s));
  }

  private int partition(byte[] rowKey) {
    return Utils.toPositive(Utils.murmur2(rowKey)) % partitions;
  }

  private static RecordHeader header(String name, int number) {
    return new RecordHeader(name, String.valueOf(number).getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() {
    producer.close();
  }
}
