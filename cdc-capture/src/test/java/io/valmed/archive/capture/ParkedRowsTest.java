package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.topic.SchemaRecord.ParkedReturned;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What left hot while its table was parked comes to its topic behind the next epoch's snapshot. */
class ParkedRowsTest {
  private final HotFixture hot = new HotFixture();

  @BeforeEach
  void capture() {
    hot.withPartitions(1)
        .root("public.orders", "id int primary key, at timestamp, note text not null")
        .provision()
        .startAndPass();
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'a')");
    hot.awaitPassed();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private void park(String... statements) {
    hot.sql("ALTER TABLE orders RENAME TO bills");
    for (String statement : statements) {
      hot.sql(statement);
    }
    hot.awaitPassed();
    hot.sql("ALTER TABLE bills RENAME TO orders");
  }

  private void beginEpoch(FailPoint failPoint) {
    hot.stop();
    hot.start(new CaptureOptions(true), failPoint);
    hot.awaitPassed();
  }

  private List<String> told() {
    return hot.topic("public.orders").changes().stream()
        .map(
            read ->
                read.change() == null
                    ? "tombstone " + read.key()
                    : read.change().departure()
                        ? read.kind() + " " + read.before("id") + " " + read.before("note")
                        : read.kind() + " " + read.after("id") + " " + read.after("note"))
        .toList();
  }

  private List<ParkedReturned> returned() {
    return new TopicReader(hot.settings(), hot.topics().schema())
        .schemas().stream()
            .filter(ParkedReturned.class::isInstance)
            .map(ParkedReturned.class::cast)
            .toList();
  }

  @Test
  void a_row_that_came_and_went_is_told_once_and_one_that_has_its_key_by_now_stays() {
    park(
        "INSERT INTO bills VALUES (2, NULL, 'came'); DELETE FROM bills WHERE id = 2",
        "UPDATE bills SET note = 'newer' WHERE id = 1; DELETE FROM bills WHERE id = 1",
        "INSERT INTO bills VALUES (1, NULL, 'another')",
        "INSERT INTO bills VALUES (3, NULL, 'moved'); UPDATE bills SET id = 4 WHERE id = 3");
    beginEpoch(FailPoint.NONE);
    List<String> first = told();
    beginEpoch(FailPoint.NONE);

    // No tombstone of key 1: compaction would take the row that has it now.
    assertThat(first)
        .containsExactly(
            "c 1 a",
            "r 1 another",
            "r 4 moved",
            "deleted 2 came",
            "deleted 1 newer",
            "rekeyed 3 moved");
    assertThat(told().subList(first.size(), told().size()))
        .containsExactly("r 1 another", "r 4 moved");
    assertThat(returned()).hasSize(1);
  }

  @Test
  void a_row_that_the_purge_took_comes_as_purged() {
    hot.sql("SELECT pg_replication_origin_create('arc_purge_t')");
    park(
        """
        SELECT pg_replication_origin_session_setup('arc_purge_t');
        DELETE FROM bills WHERE id = 1
        """);
    beginEpoch(FailPoint.NONE);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .untilAsserted(() -> hot.sql("SELECT pg_replication_origin_drop('arc_purge_t')"));

    assertThat(told()).containsExactly("c 1 a", "purged 1 a");
  }

  @Test
  void without_full_images_the_last_one_is_put_together() {
    hot.sql("ALTER TABLE orders ADD big text; ALTER TABLE orders ALTER big SET STORAGE EXTERNAL");
    hot.awaitPassed();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY DEFAULT");
    hot.sql("INSERT INTO orders VALUES (2, NULL, 'came', repeat('x', 9000))");
    hot.sql("UPDATE orders SET note = 'changed' WHERE id = 2; DELETE FROM orders WHERE id = 2");
    hot.awaitPassed();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY FULL");
    beginEpoch(FailPoint.NONE);

    assertThat(told()).endsWith("r 1 a", "deleted 2 changed");
    assertThat(
            hot.topic("public.orders").changes().stream()
                .filter(read -> "deleted".equals(read.kind()))
                .map(read -> read.before("big")))
        .containsExactly("x".repeat(9000));
  }

  @Test
  void an_image_that_may_not_be_the_last_is_told_with_an_alarm() {
    hot.sql("ALTER TABLE orders REPLICA IDENTITY DEFAULT");
    hot.sql("INSERT INTO orders VALUES (2, NULL, 'came')");
    hot.sql("ALTER TABLE orders ADD odd text; UPDATE orders SET note = 'later' WHERE id = 2");
    hot.awaitPassed();
    hot.sql("ALTER TABLE orders DROP odd; DELETE FROM orders WHERE id = 2");
    hot.awaitPassed();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY FULL");
    beginEpoch(FailPoint.NONE);

    assertThat(told()).endsWith("r 1 a", "deleted 2 came");
    assertThat(new TopicReader(hot.settings(), hot.topics().alarms()).values())
        .anyMatch(
            alarm ->
                alarm.contains("While table public.orders was parked, 1 of its rows left hot"));
  }

  @Test
  void it_is_told_after_a_failure_behind_the_snapshot() {
    park("INSERT INTO bills VALUES (2, NULL, 'came'); DELETE FROM bills WHERE id = 2");
    AtomicInteger failures = new AtomicInteger();
    beginEpoch(
        (place, event) -> {
          if (place == FailPoint.Place.COPIED && failures.getAndIncrement() == 0) {
            throw new KafkaException("planned failure");
          }
        });

    assertThat(failures).hasValue(1);
    assertThat(told()).containsExactly("c 1 a", "r 1 a", "deleted 2 came");
  }

  @Test
  void a_form_that_no_version_has_stays_in_the_parked_topic_and_is_told() {
    park(
        "ALTER TABLE bills ADD odd text; INSERT INTO bills VALUES (2, NULL, 'came', 'odd')",
        "DELETE FROM bills WHERE id = 2",
        "ALTER TABLE bills DROP odd");
    beginEpoch(FailPoint.NONE);

    assertThat(told()).containsExactly("c 1 a", "r 1 a");
    assertThat(new TopicReader(hot.settings(), hot.topics().alarms()).values())
        .anyMatch(
            alarm ->
                alarm.contains("While table public.orders was parked, 1 of its rows left hot"));
  }
}
