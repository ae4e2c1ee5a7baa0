package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.TopicReader.Read;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.topic.Positions;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The plain way: a snapshot, then each change once, in order, as what it is. */
@Tag(StreamUnderTest.BOTH)
class CaptureFlowTest {
  private static final HotFixture hot = new HotFixture();

  @BeforeAll
  static void start() {
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .root(
            "public.\"Odd.Name\"",
            "\"Key,1\" int, b text, at timestamp, primary key (b, \"Key,1\")")
        .reference("public.users", "id int primary key, name text, secret text", "secret")
        .sql("CREATE TABLE stranger (id int primary key, name text)")
        .sql("INSERT INTO orders SELECT i, now(), 'old ' || i FROM generate_series(1, 5) i")
        .sql("INSERT INTO users VALUES (1, 'Ann', 'hush')");
    hot.provision();
    hot.sql("ALTER PUBLICATION arc ADD TABLE stranger");
    hot.startAndPass();
  }

  @AfterAll
  static void stop() {
    hot.close();
  }

  private static List<Read> of(String table, String key) {
    return hot.topic(table).changes().stream()
        .filter(read -> read.key().startsWith(key.substring(0, key.length() - 1)))
        .toList();
  }

  @Test
  void rows_from_before_come_as_reads() {
    assertThat(hot.topic("public.orders").told("note"))
        .contains("r old 1", "r old 2", "r old 3", "r old 4", "r old 5")
        .doesNotHaveDuplicates();
  }

  @Test
  void a_rows_changes_come_once_in_order_in_one_partition_with_their_evidence() {
    hot.sql("INSERT INTO orders VALUES (10, NULL, 'new')");
    hot.sql("UPDATE orders SET note = 'changed' WHERE id = 10");
    hot.sql("DELETE FROM orders WHERE id = 10; INSERT INTO orders VALUES (10, NULL, 'again')");
    hot.awaitPassed();

    List<Read> reads = of("public.orders", "{\"id\":\"10\"}");
    assertThat(reads).extracting(Read::kind).containsExactly("c", "u", "deleted", "tombstone", "c");
    assertThat(reads).extracting(Read::partition).containsOnly(reads.get(0).partition());
    Evidence first = Objects.requireNonNull(reads.get(0).change()).evidence();
    assertThat(first.epoch()).isEqualTo(1);
    assertThat(first.txid()).isPositive();
    assertThat(
            Duration.ofNanos(
                Math.abs(System.currentTimeMillis() * 1000 - first.committedAtMicros()) * 1000))
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void a_departure_has_its_own_key_the_full_image_and_a_tombstone_behind_it() {
    hot.sql("INSERT INTO orders VALUES (20, '2020-01-01', 'gone')");
    hot.sql("DELETE FROM orders WHERE id = 20");
    hot.awaitPassed();

    List<Read> reads = of("public.orders", "{\"id\":\"20\"}");
    Read departure = reads.get(1);
    Evidence evidence = Objects.requireNonNull(departure.change()).evidence();
    assertThat(departure.key())
        .isEqualTo("{\"id\":\"20\",\"arc_departed\":{\"epoch\":1,\"lsn\":" + evidence.lsn() + "}}");
    assertThat(departure.before("note")).isEqualTo("gone");
    assertThat(departure.before("at")).isEqualTo("2020-01-01 00:00:00");
    assertThat(reads.get(2).key()).isEqualTo("{\"id\":\"20\"}");
    assertThat(reads.get(2).kind()).isEqualTo("tombstone");
    assertThat(reads.get(2).offset()).isEqualTo(departure.offset() + 1);
  }

  @Test
  void a_delete_under_the_purges_origin_is_purged_and_whatever_else_it_does_is_an_alarm() {
    hot.sql("SELECT pg_replication_origin_create('arc_purge_t')");
    hot.sql("INSERT INTO orders VALUES (30, NULL, 'cold')");
    hot.sql(
        """
        SELECT pg_replication_origin_session_setup('arc_purge_t');
        DELETE FROM orders WHERE id = 30;
        INSERT INTO orders VALUES (31, NULL, 'strange');
        DELETE FROM users WHERE id = 1;
        """);
    hot.sql("INSERT INTO users VALUES (1, 'Ann', 'hush')");
    hot.awaitPassed();
    // Its session's server process may still be ending.
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .untilAsserted(() -> hot.sql("SELECT pg_replication_origin_drop('arc_purge_t')"));

    assertThat(of("public.orders", "{\"id\":\"30\"}"))
        .extracting(Read::kind)
        .containsExactly("c", "purged", "tombstone");
    assertThat(of("public.orders", "{\"id\":\"31\"}")).extracting(Read::kind).containsExactly("c");
    assertThat(of("public.users", "{\"id\":\"1\"}")).extracting(Read::kind).contains("deleted");
    assertThat(alarms())
        .filteredOn(alarm -> alarm.contains("\"purge-origin\""))
        .hasSize(2)
        .allMatch(alarm -> alarm.contains("\"origin\":\"arc_purge_t\""));
  }

  @Test
  void an_updated_key_is_a_departure_under_the_old_key_and_a_create_under_the_new_one() {
    hot.sql("INSERT INTO orders VALUES (40, NULL, 'moving')");
    hot.sql("UPDATE orders SET id = 41 WHERE id = 40");
    hot.awaitPassed();

    assertThat(of("public.orders", "{\"id\":\"40\"}"))
        .extracting(Read::kind)
        .containsExactly("c", "rekeyed", "tombstone");
    assertThat(of("public.orders", "{\"id\":\"41\"}")).extracting(Read::kind).containsExactly("c");
  }

  @Test
  void odd_names_and_composite_keys_come_in_the_keys_order() {
    hot.sql("INSERT INTO \"Odd.Name\" VALUES (7, 'x', NULL)");
    hot.awaitPassed();

    assertThat(hot.topic("public.\"Odd.Name\"").changes())
        .extracting(Read::key)
        .containsExactly("{\"b\":\"x\",\"Key,1\":\"7\"}");
  }

  @Test
  void excluded_columns_never_leave_hot() {
    hot.sql("INSERT INTO users VALUES (2, 'Bob', 'hush')");
    hot.sql("UPDATE users SET secret = 'hush!' WHERE id = 2");
    hot.awaitPassed();

    assertThat(
            new TopicReader(hot.settings(), hot.topics().table(TableId.parse("public.users")))
                .records())
        .noneMatch(
            record ->
                record.value() != null
                    && new String(record.value(), StandardCharsets.UTF_8).contains("hush"));
  }

  @Test
  void truncates_messages_and_published_strangers_are_alarms_without_values() throws Exception {
    hot.sql("INSERT INTO stranger VALUES (1, 'patient')");
    hot.sql("TRUNCATE \"Odd.Name\"");
    hot.sql("SELECT pg_logical_emit_message(true, 'app', 'patient')");
    hot.sql("SELECT pg_logical_emit_message(false, 'app', 'patient')");
    hot.awaitPassed();

    assertThat(alarms())
        .anyMatch(
            alarm -> alarm.contains("\"truncate\"") && alarm.contains("public.\\\"Odd.Name\\\""))
        .anyMatch(alarm -> alarm.contains("\"unknown-table\"") && alarm.contains("public.stranger"))
        .noneMatch(alarm -> alarm.contains("patient"))
        .filteredOn(alarm -> alarm.contains("\"message\""))
        .as("an application that writes messages all the time fills no topic")
        .hasSize(1);
    assertThat(metrics()).containsPattern("(?m)^archive_capture_alarms_total [3-9]");
  }

  private static String metrics() throws Exception {
    URI address = URI.create("http://127.0.0.1:" + hot.running().healthPort() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void large_unchanged_values_come_with_every_update() {
    hot.sql(
        "INSERT INTO orders SELECT 50, NULL, string_agg(md5(i::text), '') FROM generate_series(1, 2000) i");
    hot.sql("UPDATE orders SET at = '2021-01-01' WHERE id = 50");
    hot.awaitPassed();

    List<Read> reads = of("public.orders", "{\"id\":\"50\"}");
    assertThat(reads.get(1).after("note")).hasSize(64_000).isEqualTo(reads.get(0).after("note"));
  }

  @Test
  void the_beat_that_passed_tells_positions_that_cover_everything_before_it() throws Exception {
    hot.sql("INSERT INTO orders SELECT i, NULL, 'many' FROM generate_series(1000, 1999) i");
    hot.awaitPassed();

    Positions told =
        Positions.fromJson(
            Objects.requireNonNull(
                hot.value(
                    "SELECT positions FROM arc.heartbeat WHERE slot = '%s'"
                        .formatted(hot.slot()))));
    Map<String, Long> ends = new TreeMap<>();
    hot.topic("public.orders")
        .changes()
        .forEach(
            read ->
                ends.put(
                    Positions.partition(
                        hot.topics().table(TableId.parse("public.orders")), read.partition()),
                    read.offset() + 1));
    assertThat(told.covers(Positions.of(ends))).isTrue();
    assertThat(told.next()).hasSize(4 * hot.settings().kafka().partitions());
  }

  @Test
  void hot_may_forget_what_is_in_kafka() {
    hot.sql("INSERT INTO orders VALUES (60, NULL, 'kept')");
    String before = Objects.requireNonNull(hot.value("SELECT pg_current_wal_insert_lsn()"));

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                "t"
                    .equals(
                        hot.value(
                            "SELECT confirmed_flush_lsn > '%s' FROM pg_replication_slots WHERE slot_name = '%s'"
                                .formatted(before, hot.slot()))));
    assertThat(of("public.orders", "{\"id\":\"60\"}")).hasSize(1);
  }

  @Test
  void no_management_bean_shows_a_rows_key() throws Exception {
    hot.awaitPassed();

    assertThat(
            ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("debezium.*:*"), null))
        .isEmpty();
  }

  private static List<String> alarms() {
    return new TopicReader(hot.settings(), hot.topics().alarms()).values();
  }
}
