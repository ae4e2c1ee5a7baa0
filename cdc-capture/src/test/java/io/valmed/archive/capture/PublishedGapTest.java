package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was not published for a moment is a gap, whoever looks, and however whole it looks now. */
class PublishedGapTest {
  private final HotFixture hot = new HotFixture();

  @BeforeEach
  void capture() {
    hot.withPartitions(1)
        .root("public.orders", "id int primary key, at timestamp")
        .root("public.wards", "id int primary key, at timestamp")
        .provision()
        .sql("INSERT INTO orders VALUES (1, NULL), (2, NULL)")
        .start(new CaptureOptions(false, Duration.ofMillis(200)), FailPoint.NONE);
    hot.awaitPassed();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private void outAndIn() {
    hot.sql(
        "ALTER PUBLICATION arc DROP TABLE orders; DELETE FROM orders WHERE id = 1; INSERT INTO"
            + " orders VALUES (3, NULL); ALTER PUBLICATION arc ADD TABLE orders");
  }

  private void ordersAloneAreHeld() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(hot.hold("public.orders"))
                    .contains("taken out of the publication arc")
                    .contains("--new-epoch"));
    hot.sql("INSERT INTO wards VALUES (1, NULL)");
    hot.awaitPassed();
    assertThat(hot.topic("public.wards").told("id")).containsExactly("c 1");
    assertThat(hot.hold("public.wards")).isNull();
    assertThat(hot.hold("*")).isNull();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> new CarriedRows(hot).alarms("orders").size() == 1);
  }

  private String startFails() {
    CaptureService service = hot.start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());
    assertThat(service.state()).isInstanceOf(LoopState.Failed.class);
    return service.state().describe();
  }

  @Test
  void a_table_out_and_in_while_capture_runs_holds_that_table_until_a_new_epoch() {
    outAndIn();

    ordersAloneAreHeld();
    hot.stop();
    hot.sql("UPDATE arc.purge_hold SET released_at = now(), released_by = 'test'");
    hot.startAndPass();
    assertThat(hot.hold("public.orders")).contains("taken out of the publication");

    hot.stop();
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    assertThat(hot.hold("public.orders")).as("the new epoch has cured it").isNull();
    hot.stop();
    hot.startAndPass();
    assertThat(hot.hold("public.orders")).isNull();
    assertThat(hot.topic("public.orders").told("id")).containsExactly("r 1", "r 2", "r 2", "r 3");
  }

  @Test
  void a_table_out_and_in_while_capture_is_down_holds_that_table() {
    hot.stop();
    outAndIn();
    hot.startAndPass();

    ordersAloneAreHeld();
  }

  @Test
  void a_row_filter_that_was_set_and_taken_back_holds_that_table() {
    hot.stop();
    hot.sql(
        "ALTER PUBLICATION arc SET TABLE orders WHERE (id > 9), wards, arc.heartbeat; INSERT INTO"
            + " orders VALUES (3, NULL); ALTER PUBLICATION arc SET TABLE orders, wards,"
            + " arc.heartbeat");
    hot.startAndPass();

    ordersAloneAreHeld();
  }

  @Test
  void a_publication_dropped_and_made_anew_needs_a_new_epoch() {
    hot.stop();
    hot.sql("DROP PUBLICATION arc; INSERT INTO orders VALUES (3, NULL)");
    assertThat(startFails()).contains("does not exist").contains("--new-epoch");
    hot.provision();

    assertThat(startFails()).contains("dropped in hot and made anew").contains("--new-epoch");
    assertThat(hot.hold("*")).contains("made anew");
    hot.stop();
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    assertThat(hot.topic("public.orders").told("id")).endsWith("r 1", "r 2", "r 3");
  }

  @Test
  void options_changed_and_changed_back_stop_a_running_capture() {
    hot.sql("ALTER PUBLICATION arc SET (publish = 'insert')");
    hot.sql("DELETE FROM orders WHERE id = 1");
    hot.sql("ALTER PUBLICATION arc SET (publish = 'insert, update, delete, truncate')");
    CaptureService service = hot.running();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());

    assertThat(hot.hold("*")).contains("--new-epoch");
    hot.stop();
    assertThat(startFails()).contains("was altered in hot").contains("--new-epoch");
  }

  @Test
  void what_provisioning_and_upkeep_do_is_no_gap() {
    hot.stop();
    hot.root("public.later", "id int primary key, at timestamp").provision();
    hot.sql("ALTER TABLE orders ADD COLUMN note text");
    for (String table : new String[] {"orders", "pg_publication", "pg_publication_rel"}) {
      hot.sql("VACUUM (FREEZE) " + table);
      hot.sql("VACUUM FULL " + table);
    }
    hot.startAndPass();

    assertThat(hot.hold("*")).isNull();
    assertThat(hot.hold("public.orders")).isNull();
    assertThat(hot.hold("public.wards")).isNull();
    assertThat(hot.hold("public.later")).contains("not copied yet");
  }
}
