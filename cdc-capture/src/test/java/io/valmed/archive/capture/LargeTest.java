package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.TopicReader.Read;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large rows, wide tables and large transactions pass in bounded memory, or stop with a word. */
class LargeTest {
  private static final int MEBI = 1 << 20;
  private static final String TEXT =
      "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, %d))";

  private final HotFixture hot = new HotFixture().withPartitions(1);

  @AfterEach
  void close() {
    hot.close();
  }

  @Test
  void rows_of_20_MiB_pass_and_larger_ones_than_the_limit_stop_by_name() {
    hot.withLargest(48 * MEBI)
        .root("public.large", "id int primary key, at timestamp, note text")
        .provision();
    hot.sql("INSERT INTO large VALUES (1, NULL, %s)".formatted(TEXT.formatted(20 * MEBI / 32)));
    hot.startAndPass();
    hot.sql("UPDATE large SET at = '2026-01-01'");
    hot.sql("DELETE FROM large");
    hot.awaitPassed();

    List<Read> reads = hot.topic("public.large").changes();
    assertThat(reads).extracting(Read::kind).containsExactly("r", "u", "deleted", "tombstone");
    String note = Objects.requireNonNull(reads.get(0).after("note"));
    assertThat(note.length()).isEqualTo(20 * MEBI);
    assertThat(note.equals(reads.get(1).after("note"))).isTrue();
    assertThat(note.equals(reads.get(2).before("note"))).isTrue();

    hot.sql("INSERT INTO large VALUES (2, NULL, repeat('x', %d))".formatted(48 * MEBI));
    CaptureService service = hot.running();
    Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> service.state().ended());
    assertThat(service.state()).isInstanceOf(LoopState.Failed.class);
    assertThat(service.state().describe())
        .contains("public.large")
        .contains("kafka.max-message-bytes");

    hot.stop();
    hot.withLargest(56 * MEBI).startAndPass();
    assertThat(hot.topic("public.large").changes()).hasSize(5);
  }

  @Test
  void a_table_of_a_thousand_columns_passes() {
    String columns =
        IntStream.range(0, 998)
            .mapToObj(i -> "c%d %s".formatted(i, i % 2 == 0 ? "text" : "int"))
            .collect(Collectors.joining(", "));
    hot.root("public.wide", "id int primary key, at timestamp, " + columns).provision();
    hot.sql("INSERT INTO wide (id, c0, c997) VALUES (1, 'first', 997)");
    hot.startAndPass();
    hot.sql("UPDATE wide SET c0 = 'again', c996 = 'x'");
    hot.sql("DELETE FROM wide");
    hot.awaitPassed();

    List<Read> reads = hot.topic("public.wide").changes();
    assertThat(reads).extracting(Read::kind).containsExactly("r", "u", "deleted", "tombstone");
    assertThat(Objects.requireNonNull(reads.get(1).schema()).columns()).hasSize(1000);
    assertThat(reads.get(2).before("c0")).isEqualTo("again");
    assertThat(reads.get(2).before("c997")).isEqualTo("997");
  }

  /** {@code -Dlarge.rows=5000000} for the size that the product promises. */
  @Test
  void a_large_transaction_passes_in_a_small_heap(@TempDir Path folder) throws Exception {
    long rows = Long.getLong("large.rows", 300_000);
    hot.root("public.many", "id bigint primary key, at timestamp, note text")
        .root("public.idle", "id int primary key, at timestamp")
        .provision();
    Path settings = Files.writeString(folder.resolve("archive.yaml"), yaml(hot.settings()));
    hot.sql(
        "INSERT INTO many SELECT i, NULL, repeat(md5(i::text), 6) FROM generate_series(1, 10) i");
    try (CaptureProcess capture = CaptureProcess.start(settings, "128m")) {
      hot.awaitPassed();
      long begun = System.nanoTime();
      hot.sql(
          "INSERT INTO many SELECT i, NULL, repeat(md5(i::text), 6) FROM generate_series(11, %d) i"
              .formatted(rows));
      long committed = System.nanoTime();
      hot.awaitPassed(Duration.ofSeconds(60 + rows / 2000));
      long passed = System.nanoTime();
      assertThat(capture.alive()).isTrue();
      long peak = capture.end();
      System.out.printf(
          "%d rows in one transaction: committed by hot in %d s, in Kafka %d s later, peak heap %d"
              + " MiB%n",
          rows,
          Duration.ofNanos(committed - begun).toSeconds(),
          Duration.ofNanos(passed - committed).toSeconds(),
          peak / MEBI);
    }
    assertThat(records()).isEqualTo(rows);
  }

  /** Counts without keeping them. */
  private long records() {
    Map<String, Object> properties = hot.settings().kafka().clientProperties("test");
    properties.put("isolation.level", "read_committed");
    TopicPartition only = new TopicPartition(hot.topics().table(TableId.parse("public.many")), 0);
    long records = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(only));
      consumer.seekToBeginning(List.of(only));
      long end = Objects.requireNonNull(consumer.endOffsets(List.of(only)).get(only));
      while (consumer.position(only) < end) {
        records += consumer.poll(Duration.ofMillis(200)).count();
      }
    }
    return records;
  }

  private static String yaml(Settings settings) {
    return """
    prefix: %1$s
    hot:
      url: %2$s
      migrator: { user: none, password-file: %4$s }
      capture: { user: %3$s, password-file: %4$s }
      purger: { user: none, password-file: %4$s }
    archive:
      url: jdbc:postgresql://localhost:1/none
      migrator: { user: none, password-file: %4$s }
      sink: { user: none, password-file: %4$s }
      purger: { user: none, password-file: %4$s }
      reader: { user: none, password-file: %4$s }
    kafka: { bootstrap-servers: "%5$s", partitions: 1 }
    policy:
      roots:
        public.many: { age: at }
        public.idle: { age: at }
    capture:
      slot: %1$s
      publication: arc
      health: { host: 127.0.0.1, port: 0 }
      stream: %6$s
    """
        .formatted(
            settings.prefix(),
            settings.hot().capture().url(),
            settings.hot().capture().user(),
            settings.hot().capture().passwordFile(),
            settings.kafka().bootstrapServers(),
            settings.capture().stream().name().toLowerCase(Locale.ROOT));
  }
}
