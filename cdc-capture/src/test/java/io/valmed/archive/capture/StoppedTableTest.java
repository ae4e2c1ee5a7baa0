package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.topic.SchemaRecord.TableParked;
import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that has stopped alone stays so over restarts, until a new epoch copies it anew. */
class StoppedTableTest {
  private static final String PARKED_NOW =
      "SELECT string_agg(k.table_name, ' ') FROM arc.parked_table k JOIN arc.heartbeat h USING (slot) WHERE k.epoch = h.epoch";

  private final HotFixture hot = new HotFixture();

  @BeforeEach
  void capture() {
    hot.withPartitions(1)
        .root("public.orders", "id int primary key, at timestamp, note text not null")
        .root("public.wards", "id int primary key, at timestamp")
        .provision()
        .startAndPass();
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'a')");
    hot.awaitPassed();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private List<String> parked() {
    return new TopicReader(hot.settings(), hot.topics().parked())
        .values().stream()
            .map(value -> value.replaceAll(".*\"op\":\"(.)\".*\"after\":(.*)}", "$1 $2"))
            .toList();
  }

  private List<TableParked> markers() {
    return new TopicReader(hot.settings(), hot.topics().schema())
        .schemas().stream()
            .filter(TableParked.class::isInstance)
            .map(TableParked.class::cast)
            .toList();
  }

  @Test
  void a_parked_table_stays_parked_over_restarts_and_flows_again_in_a_new_epoch() {
    hot.sql("ALTER TABLE orders RENAME TO bills");
    hot.sql("INSERT INTO bills VALUES (2, NULL, 'b')");
    hot.awaitPassed();
    hot.sql("ALTER TABLE bills RENAME TO orders");
    hot.sql("UPDATE arc.purge_hold SET released_at = now(), released_by = 'test'");
    hot.stop();
    hot.sql("INSERT INTO orders VALUES (3, NULL, 'c')");
    hot.startAndPass();

    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1");
    assertThat(parked()).hasSize(2);
    assertThat(markers()).hasSize(1);
    assertThat(hot.hold("public.orders")).contains("was renamed to public.bills");
    assertThat(hot.value(PARKED_NOW)).isEqualTo("public.orders");

    hot.stop();
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    hot.sql("INSERT INTO orders VALUES (4, NULL, 'd')");
    hot.awaitPassed();
    assertThat(hot.topic("public.orders").told("id"))
        .containsExactly("c 1", "r 1", "r 2", "r 3", "c 4");
    assertThat(parked()).hasSize(2);
    assertThat(hot.value(PARKED_NOW)).isNull();
  }

  @Test
  void a_table_that_was_renamed_and_back_while_nobody_looked_loses_nothing() {
    hot.stop();
    hot.sql("INSERT INTO orders VALUES (2, NULL, 'b')");
    hot.sql("ALTER TABLE orders RENAME TO bills; INSERT INTO bills VALUES (3, NULL, 'c')");
    hot.sql("ALTER TABLE bills RENAME TO orders; INSERT INTO orders VALUES (4, NULL, 'd')");
    hot.startAndPass();

    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1", "c 2");
    assertThat(parked()).hasSize(2);
    assertThat(hot.hold("public.orders")).contains("was renamed to public.bills");
  }

  @Test
  void full_images_lost_and_given_back_while_nobody_looked_are_noticed() {
    hot.stop();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY DEFAULT; DELETE FROM orders");
    hot.sql("ALTER TABLE orders REPLICA IDENTITY FULL; INSERT INTO orders VALUES (2, NULL, 'b')");
    hot.startAndPass();

    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1");
    assertThat(parked()).hasSize(2);
    assertThat(hot.hold("public.orders")).contains("REPLICA IDENTITY FULL");
  }

  @Test
  void a_key_changed_while_full_images_were_lost_is_noticed() {
    hot.stop();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY DEFAULT; UPDATE orders SET id = 9 WHERE id = 1");
    hot.sql("ALTER TABLE orders REPLICA IDENTITY FULL; INSERT INTO orders VALUES (2, NULL, 'b')");
    hot.startAndPass();

    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1");
    assertThat(parked()).hasSize(2);
    assertThat(hot.hold("public.orders")).contains("REPLICA IDENTITY FULL");
  }

  @Test
  void tables_that_are_gone_or_changed_at_the_start_are_held_and_the_others_go_on() {
    hot.stop();
    hot.sql("DROP TABLE wards");
    hot.sql(
        "ALTER TABLE orders DROP CONSTRAINT orders_pkey; ALTER TABLE orders ADD PRIMARY KEY (note)");
    hot.sql("INSERT INTO orders VALUES (2, NULL, 'b')");
    hot.startAndPass();

    assertThat(hot.hold("public.wards")).contains("was dropped");
    assertThat(hot.hold("public.orders")).contains("primary key of table public.orders changed");
    assertThat(hot.hold("*")).isNull();
    assertThat(parked()).hasSize(1);
    assertThat(hot.running().state()).isInstanceOf(LoopState.Running.class);
  }

  @Test
  void a_table_that_is_new_in_the_policy_flows_with_its_purge_held() {
    hot.stop();
    hot.root("public.later", "id int primary key, at timestamp").provision();
    hot.sql("INSERT INTO later VALUES (1, NULL)");
    hot.startAndPass();
    hot.sql("INSERT INTO later VALUES (2, NULL)");
    hot.awaitPassed();

    assertThat(hot.topic("public.later").told("id")).endsWith("c 2");
    assertThat(hot.hold("public.later")).contains("its older rows are not copied yet");
    hot.stop();
    hot.startAndPass();
    assertThat(hot.hold("*")).isNull();
  }

  @Test
  void a_table_taken_out_of_the_publication_stops_capture_and_nothing_is_told_to_have_passed() {
    hot.stop();
    CaptureService service =
        hot.start(new CaptureOptions(false, Duration.ofMillis(1)), FailPoint.NONE);
    hot.awaitPassed();
    hot.sql("ALTER PUBLICATION arc DROP TABLE wards; INSERT INTO wards VALUES (7, NULL)");
    String lost = hot.value("SELECT pg_current_wal_insert_lsn()");
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> service.state().ended());

    assertThat(service.state().describe()).contains("public.wards is not in the publication");
    assertThat(hot.hold("*")).contains("public.wards is not in the publication");
    assertThat(
            hot.value(
                "SELECT passed_lsn < '%s' FROM arc.heartbeat WHERE slot = '%s'"
                    .formatted(lost, hot.slot())))
        .isEqualTo("t");
  }

  @Test
  void changes_parked_in_a_transaction_that_failed_are_parked_once() {
    hot.stop();
    CrashPlan plan =
        new CrashPlan(
            List.of(
                new CrashPlan.Crash("End", FailPoint.Place.HELD),
                new CrashPlan.Crash("c2", FailPoint.Place.APPENDED),
                new CrashPlan.Crash("c3", FailPoint.Place.BEFORE_COMMIT),
                new CrashPlan.Crash("c3", FailPoint.Place.AFTER_COMMIT)));
    hot.cutAfter(2);
    hot.start(CaptureOptions.NONE, plan);
    hot.awaitPassed();
    hot.sql(
        "ALTER TABLE orders RENAME TO bills; INSERT INTO bills SELECT i, NULL, 'x' FROM"
            + " generate_series(2, 6) i");
    hot.awaitPassed();

    assertThat(plan.left()).isEmpty();
    assertThat(parked()).hasSize(5).doesNotHaveDuplicates();
  }

  @Test
  void a_table_that_cannot_be_held_is_not_parked_before_it_can() {
    hot.sql("ALTER TABLE orders RENAME TO bills; ALTER TABLE arc.purge_hold RENAME TO away");
    hot.sql("INSERT INTO bills VALUES (2, NULL, 'b')");
    CaptureService service = hot.running();
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> service.state().ended());
    assertThat(parked()).isEmpty();

    hot.sql("ALTER TABLE arc.away RENAME TO purge_hold");
    hot.stop();
    hot.startAndPass();
    assertThat(parked()).hasSize(1);
    assertThat(hot.hold("public.orders")).contains("was renamed");
  }
}
