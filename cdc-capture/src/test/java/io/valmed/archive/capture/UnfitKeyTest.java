package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table whose key, or whose values, capture cannot follow is refused, or stops alone. */
class UnfitKeyTest {
  private final HotFixture hot = new HotFixture();

  @AfterEach
  void close() {
    hot.close();
  }

  private void capture() {
    hot.withPartitions(1)
        .root("public.orders", "id int primary key, at timestamp, note text")
        .root("public.wards", "id int primary key, at timestamp")
        .provision()
        .startAndPass();
    hot.sql("INSERT INTO orders SELECT i, NULL, 'song' || i FROM generate_series(1, 3) i");
    hot.awaitPassed();
  }

  private void wardsGoOn() {
    hot.sql("INSERT INTO wards VALUES (1, NULL)");
    hot.awaitPassed();
    assertThat(hot.topic("public.wards").told("id")).containsExactly("c 1");
    assertThat(hot.hold("*")).isNull();
    assertThat(hot.running().state()).isInstanceOf(LoopState.Running.class);
  }

  @Test
  void a_key_that_becomes_deferrable_stops_its_table_before_keys_are_exchanged() {
    capture();

    hot.sql(
        "ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (id) DEFERRABLE INITIALLY IMMEDIATE");
    hot.sql("UPDATE orders SET id = CASE id WHEN 1 THEN 2 ELSE 1 END WHERE id IN (1, 2)");
    hot.awaitPassed();

    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1", "c 2", "c 3");
    assertThat(new TopicReader(hot.settings(), hot.topics().parked()).values()).isNotEmpty();
    assertThat(hot.hold("public.orders")).contains("deferrable primary key");
    wardsGoOn();
  }

  @Test
  void a_column_for_large_objects_that_is_added_stops_its_table() {
    capture();

    hot.sql("CREATE DOMAIN lo AS oid; ALTER TABLE orders ADD scan lo");
    hot.sql("INSERT INTO orders VALUES (4, NULL, 'x', lo_create(0))");
    hot.awaitPassed();

    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1", "c 2", "c 3");
    assertThat(hot.hold("public.orders")).contains("scan").contains("plain-number: [scan]");
    wardsGoOn();
  }

  @Test
  void a_key_that_cannot_be_compared_exactly_is_refused_at_the_start() {
    capture();
    hot.stop();
    hot.sql("CREATE TABLE later (k int[] primary key, at timestamp)");
    hot.sql("ALTER TABLE later REPLICA IDENTITY FULL; ALTER PUBLICATION arc ADD TABLE later");
    hot.sql("GRANT SELECT ON later TO %s_capture".formatted(hot.slot()));
    hot.knows("public.later");

    CaptureService service = hot.start();
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> service.state().ended());

    assertThat(service.state().describe())
        .contains("Table public.later has the column k of type integer[] in its primary key");
  }
}
