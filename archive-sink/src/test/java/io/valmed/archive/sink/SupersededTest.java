package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static io.valmed.archive.sink.TestTables.RATES_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import io.valmed.archive.sink.quarantine.RetryOutcome.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hot is put back or fails over: a newer epoch may have other rows under the keys of old ones. */
class SupersededTest {
  private static final String MIRROR = "SELECT id, note, arc_epoch FROM orders ORDER BY id";
  private static final String COLD =
      "SELECT id, note, arc_cause, arc_epoch, arc_txid, arc_committed_at FROM public_cold.orders ORDER BY id, arc_lsn";
  private static final String FIRST_ROWS = "2026-03-01 00:00:00";

  private static final TableSchema NARROWER =
      TestTables.version(
          2, ORDERS_V1.table(), ORDERS_V1.key(), "id bigint", "at timestamp without time zone");

  private SinkFixture fixture;
  private TestCapture capture;
  private SinkService sink;

  @BeforeEach
  void sixRowsOfTheFirstEpochAreInTheMirror() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    fixture.topics().keepEveryRecord();
    capture = fixture.capture();
    capture.commit(
        () -> {
          capture.epoch(new Epoch(1, "7312", 1, true, Positions.NONE));
          capture.version(ORDERS_V1);
          for (int i = 1; i <= 6; i++) {
            capture.create(ORDERS_V1, String.valueOf(i), "first " + i, FIRST_ROWS);
          }
        });
    sink = fixture.startSink();
    fixture.awaitApplied();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void an_image_that_another_epoch_replaces_with_other_content_is_kept() throws Exception {
    snapshot(
        () -> {
          capture.read(ORDERS_V1, "1", "first 1", FIRST_ROWS);
          capture.read(ORDERS_V1, "2", "another patient", FIRST_ROWS);
          capture.read(ORDERS_V1, "3", "first 3", FIRST_ROWS);
          capture.update(ORDERS_V1, "3", "an ordinary update", FIRST_ROWS);
          capture.read(ORDERS_V1, "4", "another patient", null);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "4", "another patient", null);
          capture.update(ORDERS_V1, "6", "only an update is left", FIRST_ROWS);
        });
    capture.commit(() -> capture.update(ORDERS_V1, "2", "another patient, later", null));
    fixture.awaitApplied();

    assertThat(fixture.query(MIRROR))
        .containsExactly(
            "1|first 1|2",
            "2|another patient, later|2",
            "3|an ordinary update|2",
            "6|only an update is left|2");
    assertThat(fixture.query(COLD))
        .containsExactly(
            "2|first 2|superseded|2|~|~",
            "4|first 4|superseded|2|~|~",
            "4|another patient|deleted|2|731|2023-11-14 22:13:20.123456+00",
            "5|first 5|unseen|2|~|~",
            "6|first 6|superseded|2|~|~");
  }

  @Test
  void a_departure_of_another_epoch_takes_no_other_image_with_it() throws Exception {
    snapshot(
        () -> {
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "1", "first 1", FIRST_ROWS);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "2", "another patient", FIRST_ROWS);
          for (int i = 3; i <= 6; i++) {
            capture.read(ORDERS_V1, String.valueOf(i), "first " + i, FIRST_ROWS);
          }
        });

    assertThat(
            fixture.query("SELECT id, note, arc_cause FROM public_cold.orders ORDER BY 1, arc_lsn"))
        .containsExactly("1|first 1|deleted", "2|first 2|superseded", "2|another patient|deleted");
    assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly("4");
  }

  @Test
  void images_of_two_epochs_may_meet_in_one_batch() throws Exception {
    sink.close();
    capture.commit(() -> capture.update(ORDERS_V1, "1", "last of the first epoch", FIRST_ROWS));
    capture.commit(() -> capture.update(ORDERS_V1, "2", "last of the first epoch", FIRST_ROWS));
    capture.inEpoch(2);
    capture.commit(() -> capture.epoch(new Epoch(2, "7312", 1, false, Positions.NONE)));
    capture.commit(
        () -> {
          capture.read(ORDERS_V1, "1", "another patient", FIRST_ROWS);
          capture.read(ORDERS_V1, "2", "last of the first epoch", FIRST_ROWS);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "3", "another patient", FIRST_ROWS);
        });
    fixture.startSink();
    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT id, note, arc_cause FROM public_cold.orders ORDER BY id, arc_lsn"))
        .containsExactly(
            "1|last of the first epoch|superseded",
            "3|first 3|superseded",
            "3|another patient|deleted");
    assertThat(fixture.query(MIRROR))
        .startsWith("1|another patient|2", "2|last of the first epoch|2", "4|first 4|1");
  }

  @Test
  void the_same_stands_in_the_archive_however_often_the_epochs_are_read() throws Exception {
    snapshot(
        () -> {
          capture.read(ORDERS_V1, "1", "another patient", FIRST_ROWS);
          capture.read(ORDERS_V1, "2", "first 2", FIRST_ROWS);
          capture.depart(ORDERS_V1, DepartureCause.PURGED, "3", "another patient", FIRST_ROWS);
          capture.read(ORDERS_V1, "4", "first 4", FIRST_ROWS);
        });
    capture.commit(() -> capture.update(ORDERS_V1, "2", "changed", FIRST_ROWS));
    fixture.awaitApplied();
    List<String> mirror = fixture.query(MIRROR);
    List<String> cold = fixture.query(COLD);
    assertThat(cold).hasSize(5);

    for (String lost :
        List.of(
            "arc.sink_position",
            "arc.sink_position, orders",
            "arc.sink_position, orders, public_cold.orders")) {
      sink.close();
      fixture.run("TRUNCATE " + lost);
      fixture.run("DELETE FROM arc.reconciliation WHERE epoch = 2");
      sink = fixture.startSink(FailPoint.NONE, 3);
      fixture.awaitApplied();

      assertThat(fixture.query(MIRROR)).as("without %s", lost).isEqualTo(mirror);
      assertThat(fixture.query(COLD)).as("without %s", lost).isEqualTo(cold);
    }
  }

  @Test
  void an_older_epochs_records_leave_rows_of_a_newer_one_alone() throws Exception {
    sink.close();
    // What the log lost: rows of an epoch whose records are not there any more.
    fixture.run(
        "UPDATE orders SET arc_epoch = 3, note = 'known to the archive alone' WHERE id <= 2");
    fixture.run("TRUNCATE arc.sink_position");
    capture.commit(
        () -> {
          capture.update(ORDERS_V1, "1", "of the first epoch", FIRST_ROWS);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "2", "of the first epoch", FIRST_ROWS);
        });

    sink = fixture.startSink();
    fixture.awaitApplied();

    assertThat(fixture.query(MIRROR))
        .startsWith("1|known to the archive alone|3", "2|known to the archive alone|3");
    assertThat(fixture.query("SELECT id, note, arc_cause FROM public_cold.orders"))
        .containsExactly("2|of the first epoch|deleted");
  }

  @Test
  void a_column_that_the_table_has_gained_is_no_other_content_and_one_that_it_lost_is()
      throws Exception {
    TableSchema wider =
        TestTables.wider(ORDERS_V1, new ColumnSchema("level", "numeric", "numeric", null));
    TableSchema narrower =
        TestTables.version(
            3, ORDERS_V1.table(), ORDERS_V1.key(), "id bigint", "at timestamp without time zone");
    capture.commit(() -> capture.version(wider));
    snapshot(
        () -> {
          for (int i = 1; i <= 5; i++) {
            capture.read(wider, String.valueOf(i), "first " + i, FIRST_ROWS, "7.0");
          }
          capture.read(wider, "6", null, FIRST_ROWS, null);
        });
    assertThat(fixture.query("SELECT id, note FROM public_cold.orders"))
        .containsExactly("6|first 6");

    capture.commit(() -> capture.version(narrower));
    snapshot(
        () -> {
          for (int i = 1; i <= 6; i++) {
            capture.read(narrower, String.valueOf(i), FIRST_ROWS);
          }
        });

    assertThat(
            fixture.query(
                "SELECT id, note, level, arc_cause, arc_epoch FROM public_cold.orders ORDER BY 1, 5"))
        .containsExactly(
            "1|first 1|7.0|superseded|3",
            "2|first 2|7.0|superseded|3",
            "3|first 3|7.0|superseded|3",
            "4|first 4|7.0|superseded|3",
            "5|first 5|7.0|superseded|3",
            "6|first 6|~|superseded|2");
    assertThat(fixture.query("SELECT count(*), count(note) FROM orders")).containsExactly("6|0");
  }

  @Test
  void values_of_a_column_that_hot_has_dropped_go_along_when_the_row_departs() throws Exception {
    capture.commit(
        () -> {
          capture.update(ORDERS_V1, "2", "written just before", FIRST_ROWS);
          capture.version(NARROWER);
          capture.depart(NARROWER, DepartureCause.PURGED, "1", FIRST_ROWS);
          capture.depart(NARROWER, DepartureCause.REKEYED, "2", FIRST_ROWS);
          capture.update(NARROWER, "3", null);
          capture.depart(NARROWER, DepartureCause.DELETED, "3", null);
          capture.create(NARROWER, "3", null);
          capture.depart(NARROWER, DepartureCause.DELETED, "3", null);
        });
    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT id, note, arc_cause FROM public_cold.orders ORDER BY id, arc_lsn"))
        .containsExactly(
            "1|first 1|purged",
            "2|written just before|rekeyed",
            "3|first 3|deleted",
            "3|~|deleted");
  }

  @Test
  void a_column_that_comes_back_does_not_replace_the_values_of_the_former_one() throws Exception {
    TableSchema again =
        TestTables.version(
            3,
            ORDERS_V1.table(),
            ORDERS_V1.key(),
            "id bigint",
            "at timestamp without time zone",
            "note text");
    capture.commit(
        () -> {
          capture.version(NARROWER);
          capture.update(NARROWER, "1", FIRST_ROWS);
          capture.version(again);
          capture.update(again, "1", FIRST_ROWS, "another column's");
          capture.depart(again, DepartureCause.DELETED, "2", FIRST_ROWS, null);
          capture.update(again, "1", FIRST_ROWS, "and later");
        });
    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT id, note, arc_cause FROM public_cold.orders ORDER BY id, arc_lsn"))
        .containsExactly("1|first 1|superseded", "2|first 2|superseded", "2|~|deleted");
    assertThat(fixture.query("SELECT note FROM orders WHERE id = 1")).containsExactly("and later");
  }

  @Test
  void a_row_that_cannot_be_moved_stays_and_what_would_replace_it_waits() throws Exception {
    fixture.run("ALTER TABLE public_cold.orders ADD CONSTRAINT small CHECK (note <> 'first 1')");
    snapshot(
        () -> {
          capture.read(ORDERS_V1, "1", "another patient", FIRST_ROWS);
          capture.read(ORDERS_V1, "2", "another patient", "no timestamp");
          capture.read(ORDERS_V1, "3", "another patient", FIRST_ROWS);
        },
        false);

    assertThat(fixture.query(MIRROR))
        .startsWith("1|first 1|1", "2|first 2|1", "3|another patient|2");
    assertThat(fixture.query("SELECT sqlstate FROM arc.quarantine ORDER BY 1"))
        .containsExactly("22007", "23514");

    fixture.run("ALTER TABLE public_cold.orders DROP CONSTRAINT small");
    assertThat(retry("23514").kind()).isEqualTo(Kind.APPLIED);
    assertThat(fixture.query("SELECT id, note, arc_cause FROM public_cold.orders ORDER BY id"))
        .containsExactly("1|first 1|superseded", "3|first 3|superseded");
    assertThat(fixture.query(MIRROR)).startsWith("1|another patient|2");
  }

  @Test
  void an_image_of_an_older_epoch_that_comes_out_of_the_quarantine_is_kept() throws Exception {
    capture.commit(
        () -> {
          capture.version(DOSES_V1);
          capture.create(DOSES_V1, "1", "aspirin", "1");
          capture.create(DOSES_V1, "2", "aspirin", "2");
        });
    fixture.awaitApplied();
    capture.commit(() -> capture.update(DOSES_V1, "1", "aspirin", "half a tablet"));
    fixture.awaitApplied();
    snapshot(() -> capture.read(DOSES_V1, "1", "aspirin", "8"));
    fixture.run("SELECT arc.retype_column('Ward \"7\"', 'Dose.s', 'ml')");

    RetryOutcome outcome = retry("22P02");

    assertThat(outcome.kind()).isEqualTo(Kind.SUPERSEDED);
    assertThat(
            fixture.query(
                "SELECT no, ml, arc_cause, arc_epoch FROM \"Ward \"\"7\"\"_cold\".\"Dose.s\" ORDER BY 1, 4, 2"))
        .containsExactly("1|half a tablet|superseded|1", "1|1|superseded|2", "2|2|unseen|2");
    assertThat(fixture.query("SELECT no, ml FROM \"Ward \"\"7\"\"\".\"Dose.s\""))
        .containsExactly("1|8");
  }

  @Test
  void a_key_that_is_equal_but_reads_otherwise_supersedes_too() throws Exception {
    capture.commit(
        () -> {
          capture.version(RATES_V1);
          capture.create(RATES_V1, "1.0", "first");
        });
    fixture.awaitApplied();
    snapshot(() -> capture.read(RATES_V1, "1.00", "first"));

    assertThat(fixture.query("SELECT rate, note, arc_cause FROM public_cold.rates"))
        .containsExactly("1.0|first|superseded");
    assertThat(fixture.query("SELECT rate, note FROM rates")).containsExactly("1.00|first");
  }

  private RetryOutcome retry(String sqlState) throws Exception {
    String id =
        fixture
            .query(
                "SELECT id FROM arc.quarantine WHERE resolved_at IS NULL AND sqlstate = '"
                    + sqlState
                    + "'")
            .get(0);
    return new QuarantineService(fixture.settings()).retry(Long.parseLong(id));
  }

  private void snapshot(Runnable rows) throws Exception {
    snapshot(rows, true);
  }

  /** The next epoch with its snapshot, applied, and reconciled if wanted. */
  private void snapshot(Runnable rows, boolean whole) throws Exception {
    int number = Integer.parseInt(fixture.query("SELECT max(epoch) + 1 FROM arc.epoch").get(0));
    capture.inEpoch(number);
    capture.commit(() -> capture.epoch(new Epoch(number, "7312", 1, false, Positions.NONE)));
    capture.commit(rows);
    Positions end = fixture.topics().ends();
    if (whole) {
      capture.commit(() -> capture.epoch(capture.whole(number, end)));
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  fixture
                          .query(
                              "SELECT 1 FROM arc.epoch WHERE reconciled_at IS NOT NULL AND epoch = "
                                  + number)
                          .size()
                      == 1);
    }
    fixture.awaitApplied();
  }
}
