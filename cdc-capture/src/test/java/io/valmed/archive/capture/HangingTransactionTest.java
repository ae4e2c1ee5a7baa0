package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.hanging.LostMarkers;
import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.runtime.LoopState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A broker was stopped while the markers of a transaction were on their way, and has forgotten the
 * rest of them: the transaction stays open in some partitions, and readers of committed records get
 * nothing behind it (KAFKA-20734).
 */
class HangingTransactionTest {
  private final HotFixture hot = new HotFixture();
  private TopicPartition orders = new TopicPartition("", 0);
  private LostMarkers lost;

  @BeforeEach
  void start() {
    hot.root("public.orders", "id int primary key, at timestamp")
        .withPartitions(1)
        .provision()
        .start(new CaptureOptions(false, Duration.ofMillis(200)), FailPoint.NONE);
    hot.awaitPassed();
    insert(1);
    insert(2);
    // Other transactions come behind.
    hot.awaitPassed();
    orders = new TopicPartition(hot.topics().prefix() + ".public.orders", 0);
    lost = new LostMarkers(hot.settings());
  }

  @AfterEach
  void close() {
    lost.close();
    hot.close();
  }

  private void insert(int id) {
    hot.sql("INSERT INTO orders VALUES (%d, NULL)".formatted(id));
    hot.awaitPassed();
  }

  /** The change of order 1, again. */
  private ConsumerRecord<byte[], byte[]> first() {
    return hot.topic("public.orders").records().get(0);
  }

  private List<String> told() {
    return hot.topic("public.orders").told("id");
  }

  private void append(long producer, int epoch, TopicPartition where) throws Exception {
    lost.append(lost.captureId(), producer, epoch, where, first());
  }

  /** As if the marker of capture's last transaction had not come to the orders. */
  private void hangCounted() throws Exception {
    TransactionDescription last = lost.coordinator(lost.captureId());
    append(last.producerId(), last.producerEpoch() - 1, orders);
    assertThat(lost.open(orders.topic())).hasSize(1).allMatch(open -> open.hangs());
  }

  private TopicPartition offsets() {
    return new TopicPartition(hot.topics().captureOffsets(), 0);
  }

  private ProducerRecord<byte[], byte[]> offset() {
    return new ProducerRecord<>(
        offsets().topic(), 0, "nobody".getBytes(StandardCharsets.UTF_8), null);
  }

  private void nothingIsOpen() throws Exception {
    assertThat(lost.open(orders.topic())).isEmpty();
  }

  @Test
  void what_counts_becomes_visible_in_its_place_when_capture_starts() throws Exception {
    hot.stop();
    hangCounted();
    assertThat(told()).containsExactly("c 1", "c 2");

    hot.startAndPass();
    assertThat(told()).containsExactly("c 1", "c 2", "c 1");
    nothingIsOpen();

    insert(3);
    assertThat(told()).containsExactly("c 1", "c 2", "c 1", "c 3");
  }

  @Test
  void what_counts_becomes_visible_while_capture_runs() throws Exception {
    hangCounted();

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(told()).containsExactly("c 1", "c 2", "c 1"));

    insert(3);
    assertThat(told()).containsExactly("c 1", "c 2", "c 1", "c 3");
    nothingIsOpen();
  }

  @Test
  void what_does_not_count_is_aborted() throws Exception {
    hot.stop();
    try (KafkaProducer<byte[], byte[]> killed = lost.producer(lost.captureId())) {
      TransactionDescription at = lost.coordinator(lost.captureId());
      append(at.producerId(), at.producerEpoch(), orders);
      killed.beginTransaction();
      killed.send(offset()).get();
      killed.abortTransaction();
    }

    hot.startAndPass();
    insert(3);

    assertThat(told()).containsExactly("c 1", "c 2", "c 3");
    nothingIsOpen();
  }

  @Test
  void the_coordinator_tells_where_the_offsets_hang_too() throws Exception {
    hot.stop();
    try (KafkaProducer<byte[], byte[]> killed = lost.producer(lost.captureId())) {
      TransactionDescription at = lost.coordinator(lost.captureId());
      append(at.producerId(), at.producerEpoch(), orders);
      append(at.producerId(), at.producerEpoch(), offsets());
      killed.beginTransaction();
      killed.send(new ProducerRecord<>(hot.topics().parked(), 0, null, new byte[0])).get();
      killed.commitTransaction();
    }

    hot.startAndPass();

    assertThat(told()).containsExactly("c 1", "c 2", "c 1");
    nothingIsOpen();
    assertThat(lost.open(offsets().topic())).allMatch(open -> !open.hangs());
  }

  @Test
  void what_counts_is_not_aborted_with_what_was_under_way_behind_it() throws Exception {
    hot.stop();
    hangCounted();
    KafkaProducer<byte[], byte[]> killed = lost.producer(lost.captureId());
    killed.beginTransaction();
    ConsumerRecord<byte[], byte[]> second = hot.topic("public.orders").records().get(1);
    killed
        .send(
            new ProducerRecord<>(orders.topic(), 0, second.key(), second.value(), second.headers()))
        .get();
    killed.close(Duration.ZERO);

    hot.startAndPass();
    insert(3);

    // The sink recognizes what stands there twice.
    assertThat(told()).containsExactly("c 1", "c 2", "c 1", "c 2", "c 3");
    nothingIsOpen();
  }

  @Test
  void what_nobody_can_tell_is_held_until_a_new_epoch_copies_the_tables() throws Exception {
    hot.stop();
    lost.producer(lost.captureId()).close();
    TransactionDescription at = lost.coordinator(lost.captureId());
    append(at.producerId(), at.producerEpoch(), orders);
    lost.producer(lost.captureId()).close();

    hot.start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> hot.running().state() instanceof LoopState.Failed);
    assertThat(hot.hold(PurgeHolds.EVERYTHING))
        .contains("Partition " + orders + " has a transaction of producer")
        .contains("from offset " + lost.open(orders.topic()).get(0).start() + " on")
        .contains("Run './archive capture --new-epoch'");

    hot.stop();
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    List<String> expected = new ArrayList<>(List.of("c 1", "c 2", "c 1"));
    expected.addAll(List.of("r 1", "r 2"));
    assertThat(told()).isEqualTo(expected);
    nothingIsOpen();
  }

  @Test
  void what_is_not_captures_is_left_to_a_person() throws Exception {
    hot.stop();
    lost.producer("somebody").close();
    TransactionDescription at = lost.coordinator("somebody");
    lost.append("somebody", at.producerId(), at.producerEpoch(), orders, first());

    hot.start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> hot.running().state() instanceof LoopState.Failed);

    assertThat(hot.hold(PurgeHolds.EVERYTHING))
        .contains(
            "It is not capture's: run 'kafka-transactions.sh abort --topic " + orders.topic());
    assertThat(told()).containsExactly("c 1", "c 2");
  }
}
