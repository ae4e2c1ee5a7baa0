package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hot tells a TRUNCATE without its rows: that they left is seen when their keys come again. */
class TruncatedTableTest {
  private static final String MIRROR = "SELECT id, note FROM orders ORDER BY id";
  private static final String COLD =
      "SELECT id, note, arc_cause, arc_epoch, arc_age, arc_txid, arc_committed_at FROM public_cold.orders ORDER BY id, arc_lsn";

  private SinkFixture fixture;
  private TestCapture capture;

  @BeforeEach
  void twentyRowsAreInTheMirror() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
    capture.commit(
        () -> {
          for (int i = 1; i <= 20; i++) {
            capture.create(ORDERS_V1, String.valueOf(i), "first " + i, "2026-03-01 00:00:00");
          }
        });
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void a_row_whose_key_is_created_again_is_kept_as_unseen() throws Exception {
    fixture.startSink();
    fixture.awaitApplied();

    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "1", "second", null);
          capture.create(ORDERS_V1, "2", "second", null);
          capture.update(ORDERS_V1, "2", "second, changed", null);
          capture.create(ORDERS_V1, "3", "second", null);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "3", "second", null);
          capture.create(ORDERS_V1, "4", "second", null);
          capture.create(ORDERS_V1, "4", "third", null);
        });
    fixture.awaitApplied();

    assertThat(fixture.query(COLD))
        .containsExactly(
            "1|first 1|unseen|1|2026-03-01 00:00:00|~|~",
            "2|first 2|unseen|1|2026-03-01 00:00:00|~|~",
            "3|first 3|unseen|1|2026-03-01 00:00:00|~|~",
            "3|second|deleted|1|-infinity|731|2023-11-14 22:13:20.123456+00",
            "4|first 4|unseen|1|2026-03-01 00:00:00|~|~",
            "4|second|unseen|1|-infinity|~|~");
    assertThat(fixture.query(MIRROR))
        .hasSize(19)
        .startsWith("1|second", "2|second, changed", "4|third", "5|first 5");
  }

  @Test
  void an_update_or_a_second_reading_of_a_row_is_no_departure() throws Exception {
    fixture.startSink();
    fixture.awaitApplied();

    capture.commit(
        () -> {
          capture.update(ORDERS_V1, "1", "changed", null);
          capture.read(ORDERS_V1, "2", "read again", null);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "3", "first 3", null);
          capture.create(ORDERS_V1, "3", "second", null);
        });
    fixture.awaitApplied();

    assertThat(fixture.query("SELECT id, arc_cause FROM public_cold.orders"))
        .containsExactly("3|deleted");
  }

  @Test
  void columns_that_hot_has_dropped_since_are_kept_too() throws Exception {
    fixture.startSink();
    fixture.awaitApplied();
    TableSchema narrower =
        TestTables.version(
            2, ORDERS_V1.table(), ORDERS_V1.key(), "id bigint", "at timestamp without time zone");

    capture.commit(
        () -> {
          capture.version(narrower);
          capture.create(narrower, "7", null);
        });
    fixture.awaitApplied();

    assertThat(fixture.query("SELECT id, note, arc_version FROM public_cold.orders"))
        .containsExactly("7|first 7|1");
  }

  @Test
  void a_creation_that_is_put_into_the_quarantine_still_frees_its_key() throws Exception {
    fixture.startSink();
    fixture.awaitApplied();

    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "5", "second", "no timestamp");
          capture.update(ORDERS_V1, "5", "second, changed", null);
        });
    fixture.awaitApplied();

    assertThat(fixture.query("SELECT id, note, arc_cause FROM public_cold.orders"))
        .containsExactly("5|first 5|unseen");
    assertThat(fixture.query("SELECT note FROM orders WHERE id = 5"))
        .containsExactly("second, changed");
  }

  @Test
  void the_same_stands_in_the_archive_however_often_the_topics_are_read() throws Exception {
    fixture.topics().keepEveryRecord();
    SinkService sink = fixture.startSink(FailPoint.NONE, 7);
    fixture.awaitApplied();
    capture.commit(
        () -> {
          for (int i = 1; i <= 10; i++) {
            capture.create(ORDERS_V1, String.valueOf(i), "second", null);
          }
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "9", "second", null);
          capture.create(ORDERS_V1, "10", "third", null);
        });
    fixture.awaitApplied();
    List<String> mirror = fixture.query(MIRROR);
    List<String> cold = fixture.query(COLD);
    assertThat(cold).hasSize(12);

    for (String lost :
        List.of(
            "arc.sink_position",
            "arc.sink_position, public.orders",
            "arc.sink_position, public.orders, public_cold.orders")) {
      sink.close();
      fixture.run("TRUNCATE " + lost);
      sink = fixture.startSink(FailPoint.NONE, 5);
      fixture.awaitApplied();

      assertThat(fixture.query(MIRROR)).as("without %s", lost).isEqualTo(mirror);
      assertThat(fixture.query(COLD)).as("without %s", lost).isEqualTo(cold);
    }
  }
}
