package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.hanging.HangingTransactions;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.capture.stream.ParkedRoute;
import io.valmed.archive.capture.stream.TableRoute;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** The topics, written by one fenced transactional producer. */
public final class TransactionalLog implements ChangeLog {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** What a record takes beside its key, value and headers, in a batch of its own. */
  private static final int OVERHEAD = 64 * 1024;

  private final Settings settings;
  private final TopicNames topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final CaptureMetrics metrics;
  private final Map<String, Reached[]> reached = new HashMap<>();
  private final Map<String, Reached> own = new HashMap<>();
  private final TransactionWatch watch;
  private boolean inTransaction;
  private boolean offsetWritten;

  /** The offset behind the last record of one partition. */
  private static final class Reached implements Callback {
    private volatile long next;

    @Override
    public void onCompletion(@Nullable RecordMetadata written, @Nullable Exception failure) {
      if (failure == null && written != null && written.hasOffset()) {
        next = Math.max(next, written.offset() + 1);
      }
    }
  }

  private TransactionalLog(
      Settings settings,
      KafkaProducer<byte[], byte[]> producer,
      CaptureMetrics metrics,
      TransactionWatch watch) {
    this.settings = settings;
    this.topics = settings.topics();
    this.producer = producer;
    this.metrics = metrics;
    this.watch = watch;
  }

  /**
   * Connects, fences off every earlier writer, aborts what it had left open, and ends what hangs.
   *
   * @throws io.valmed.archive.runtime.StopException when it cannot be told how something that hangs
   *     is to be ended
   */
  public static TransactionalLog open(
      Settings settings, CaptureMetrics metrics, CaptureOptions options)
      throws InterruptedException {
    HangingTransactions hanging = TransactionWatch.hanging(settings, metrics);
    // Before: what was under way may stand behind what hangs, and is aborted together with it.
    hanging.end(options.newEpoch());
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            ProducerSettings.of(settings), new ByteArraySerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
      // Its markers may be lost, too.
      hanging.end(options.newEpoch());
      return new TransactionalLog(
          settings,
          producer,
          metrics,
          new TransactionWatch(hanging, producer, options.lookEvery()));
    } catch (RuntimeException | InterruptedException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /**
   * Learns where the topics end now; to be called once, before the first change.
   *
   * @param known where they must at least end
   * @return the partitions that end before, each with its end
   */
  public Positions countFrom(Collection<String> tableTopics, Positions known)
      throws InterruptedException {
    List<String> all = new ArrayList<>(tableTopics);
    all.addAll(List.of(topics.schema(), topics.alarms(), topics.parked()));
    try (WholeTopic whole = new WholeTopic(settings.kafka(), settings.prefix() + "-ends")) {
      Map<TopicPartition, Long> ends = whole.ends(all, known);
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        String topic = end.getKey().topic();
        if (!tableTopics.contains(topic)) {
          own.computeIfAbsent(topic, name -> new Reached()).next = end.getValue();
          continue;
        }
        Reached[] partitions =
            reached.computeIfAbsent(
                topic,
                name -> {
                  Reached[] fresh = new Reached[settings.kafka().partitions()];
                  Arrays.setAll(fresh, i -> new Reached());
                  return fresh;
                });
        partitions[end.getKey().partition()].next = end.getValue();
      }
    }
    Map<String, Long> before = new HashMap<>();
    Positions now = written();
    known
        .next()
        .forEach(
            (partition, least) -> {
              long end = now.next().getOrDefault(partition, least);
              if (end < least) {
                before.put(partition, end);
              }
            });
    return Positions.of(before);
  }

  /** The positions of the tables' topics and of the product's own. */
  private Positions written() {
    Map<String, Long> all = new HashMap<>(positions().next());
    own.forEach((topic, end) -> all.put(Positions.partition(topic, 0), end.next));
    return Positions.of(all);
  }

  @Override
  public void change(TableRoute route, byte[] rowKey, byte[] value) {
    refuseTooLarge(route.table(), rowKey.length + (long) value.length);
    send(route.topic(), rowKey, rowKey, value, route.headers());
  }

  @Override
  public void departure(TableRoute route, byte[] rowKey, byte[] departureKey, byte[] value) {
    departureAlone(route, rowKey, departureKey, value);
    send(route.topic(), rowKey, rowKey, null, List.of());
  }

  @Override
  public void departureAlone(TableRoute route, byte[] rowKey, byte[] departureKey, byte[] value) {
    refuseTooLarge(route.table(), departureKey.length + (long) value.length);
    send(route.topic(), rowKey, departureKey, value, route.headers());
  }

  /** Before it is sent: a record that the producer refuses fails the transaction without a name. */
  private void refuseTooLarge(TableId table, long bytes) {
    int limit = settings.kafka().maxMessageBytes();
    if (bytes > limit - OVERHEAD) {
      throw new StopException(
          "A change of table %s takes %d bytes, but 'kafka.max-message-bytes' lets %d pass. Raise it to twice the largest row and more, and start again; nothing is lost."
              .formatted(table, bytes, limit - OVERHEAD));
    }
  }

  private void send(
      String topic, byte[] rowKey, byte[] key, byte @Nullable [] value, List<Header> headers) {
    Reached[] partitions = reached.get(topic);
    if (partitions == null) {
      throw new IllegalStateException("topic " + topic + " was not provisioned");
    }
    int partition = Utils.toPositive(Utils.murmur2(rowKey)) % partitions.length;
    send(new ProducerRecord<>(topic, partition, key, value, headers), partitions[partition]);
  }

  @Override
  public void park(ParkedRoute route, byte[] value) {
    refuseTooLarge(route.table(), value.length);
    send(
        new ProducerRecord<byte[], byte[]>(topics.parked(), 0, null, value, route.headers()),
        own.get(topics.parked()));
  }

  @Override
  public void schema(SchemaRecord record) {
    send(
        new ProducerRecord<>(topics.schema(), 0, record.key(), record.value()),
        own.get(topics.schema()));
  }

  @Override
  public void alarm(Alarm alarm) {
    send(
        new ProducerRecord<>(topics.alarms(), 0, null, AlarmFormat.write(alarm)),
        own.get(topics.alarms()));
  }

  @Override
  public void offset(SourceOffset offset) {
    offset(OffsetFormat.key(settings.capture().slot()), OffsetFormat.write(offset, written()));
  }

  @Override
  public void forgetOffset() {
    offset(OffsetFormat.key(settings.capture().slot()), null);
  }

  private void offset(byte[] key, byte @Nullable [] value) {
    offsetWritten = true;
    send(new ProducerRecord<>(topics.captureOffsets(), 0, key, value), null);
  }

  private void send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    if (!inTransaction) {
      watch.lookIfDue();
      producer.beginTransaction();
      inTransaction = true;
    }
    try {
      // A failed send fails the commit.
      Future<RecordMetadata> unused = producer.send(record, callback);
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw fenced(e);
    }
  }

  @Override
  public void commit() {
    if (!inTransaction) {
      return;
    }
    if (!offsetWritten) {
      // By its record in the offsets topic each transaction's end is known.
      offset(OffsetFormat.otherKey(settings.capture().slot()), null);
    }
    try {
      producer.commitTransaction();
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw fenced(e);
    }
    inTransaction = false;
    offsetWritten = false;
    metrics.committed();
  }

  /**
   * Another capture took over, or the broker gave up on a transaction of a frozen one. Either
   * passes: the next opening waits while another one reads from the slot.
   */
  private static KafkaException fenced(RuntimeException cause) {
    KafkaException retried =
        new KafkaException("another capture took over, or a transaction lasted too long");
    retried.addSuppressed(cause);
    return retried;
  }

  @Override
  public Positions positions() {
    Map<String, Long> next = new HashMap<>();
    reached.forEach(
        (topic, partitions) -> {
          for (int i = 0; i < partitions.length; i++) {
            next.put(Positions.partition(topic, i), partitions[i].next);
          }
        });
    return Positions.of(next);
  }

  @Override
  public void close() {
    // Without the abort, readers would wait for the transaction's timeout if no capture follows.
    if (inTransaction) {
      try {
        watch.beforeAbort();
        producer.abortTransaction();
      } catch (KafkaException | IllegalStateException | StopException e) {
        // The next opening aborts it.
        inTransaction = false;
      }
    }
    producer.close(CLOSE_LIMIT);
  }
}
