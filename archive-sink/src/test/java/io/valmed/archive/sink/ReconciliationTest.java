package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new epoch's snapshot that shows less than the archive has. */
final class ReconciliationTest {
  private static final String AT = "2026-01-01 00:00:00";
  private static final int ROWS = 60;
  private static final String HOLDS =
      "SELECT scope, held_by FROM arc.purge_hold WHERE released_at IS NULL";
  private static final String UNSEEN =
      "SELECT count(*) FROM public_cold.orders WHERE arc_cause = 'unseen'";

  private SinkFixture fixture;
  private TestCapture capture;
  private SinkService sink;

  @BeforeEach
  void oneEpochIsApplied() throws Exception {
    fixture = new SinkFixture(TestTables.policy(), 1);
    capture = fixture.capture();
    capture.commit(
        () -> {
          capture.epoch(new Epoch(1, "7312", 1, true, Positions.NONE));
          capture.version(ORDERS_V1);
          capture.version(DOSES_V1);
          orders(1, ROWS);
          capture.read(DOSES_V1, "1", "aspirin", "1");
        });
    sink = fixture.startSink();
    fixture.awaitApplied();
    awaitState(1, TestTables.ORDERS, "reconciled");
  }

  @AfterEach
  void close() throws Exception {
    sink.close();
    fixture.close();
  }

  @Test
  void a_table_whose_counts_disagree_waits_alone_until_a_new_epoch() throws Exception {
    snapshot(2, () -> orders(1, ROWS - 1), Map.of(TestTables.ORDERS, (long) ROWS));
    capture.commit(() -> capture.update(ORDERS_V1, "1", "behind the snapshot", AT));
    capture.commit(() -> capture.update(DOSES_V1, "1", "aspirin", "7"));

    awaitState(2, TestTables.ORDERS, "differs");
    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                !fixture
                    .query("SELECT 1 FROM \"Ward \"\"7\"\"\".\"Dose.s\" WHERE ml = 7")
                    .isEmpty());
    assertThat(state(2, TestTables.DOSES)).isEqualTo("reconciled");
    assertThat(sentence(2, TestTables.ORDERS))
        .contains("copied 60 rows of table public.orders", "has applied 59", "--new-epoch");
    assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly("60");
    assertThat(fixture.query("SELECT note FROM orders WHERE id = 1")).containsExactly("note 1");
    assertThat(fixture.query("SELECT 1 FROM arc.epoch WHERE epoch = 2 AND reconciled_at IS NULL"))
        .hasSize(1);

    snapshot(3, () -> orders(1, ROWS), Map.of());

    awaitState(3, TestTables.ORDERS, "reconciled");
    fixture.awaitApplied();
    assertThat(state(2, TestTables.ORDERS)).isEqualTo("passed over");
    assertThat(fixture.query("SELECT count(*), min(arc_epoch) FROM orders"))
        .containsExactly("60|3");
    assertThat(fixture.query(UNSEEN)).containsExactly("0");
  }

  @Test
  void a_table_whose_cold_store_is_not_there_waits_alone_until_it_is_back() throws Exception {
    fixture.run("ALTER TABLE public_cold.orders RENAME TO taken_away");
    snapshot(2, () -> orders(1, ROWS), Map.of());
    capture.commit(() -> capture.update(DOSES_V1, "1", "aspirin", "7"));

    awaitState(2, TestTables.DOSES, "reconciled");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(fixture.query(HOLDS))
                    .containsExactly("public.orders|archive-sink epoch"));
    assertThat(state(2, TestTables.ORDERS)).isNotEqualTo("reconciled");

    fixture.run("ALTER TABLE public_cold.taken_away RENAME TO orders");

    awaitState(2, TestTables.ORDERS, "reconciled");
    fixture.awaitApplied();
    assertThat(fixture.query(HOLDS)).isEmpty();
  }

  @Test
  void a_row_in_the_quarantine_counts_as_not_applied() throws Exception {
    snapshot(
        2,
        () -> {
          orders(1, ROWS - 1);
          capture.read(ORDERS_V1, "60", "note 60", "no timestamp at all");
        },
        Map.of());

    awaitState(2, TestTables.ORDERS, "differs");
    assertThat(sentence(2, TestTables.ORDERS)).contains("archive quarantine list");
    assertThat(fixture.query(UNSEEN)).containsExactly("0");
  }

  @Test
  void a_table_that_the_snapshot_did_not_read_is_not_reconciled() throws Exception {
    capture.inEpoch(2);
    capture.commit(() -> capture.epoch(new Epoch(2, "7312", 1, false, Positions.NONE)));
    capture.commit(() -> capture.read(DOSES_V1, "1", "aspirin", "1"));
    Positions end = fixture.topics().ends();
    Map<TableId, Long> named = new HashMap<>(capture.whole(2, end).tables());
    named.remove(TestTables.ORDERS);
    capture.commit(
        () -> capture.epoch(new Epoch(2, "7312", 1, false, end).completed(end, named, 0)));

    awaitState(2, TestTables.ORDERS, "unnamed");
    awaitState(2, TestTables.DOSES, "reconciled");
    assertThat(sentence(2, TestTables.ORDERS)).contains("did not read table public.orders");
    assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly("60");
  }

  @Test
  void more_than_a_small_share_asks_and_goes_on_once_as_many_rows_are_confirmed() throws Exception {
    snapshot(2, () -> orders(1, 40), Map.of());
    capture.commit(() -> capture.create(ORDERS_V1, "60", "reused", AT));

    awaitState(2, TestTables.ORDERS, "asks");
    assertThat(sentence(2, TestTables.ORDERS))
        .contains("does not show 20 of 60 rows", "archive epoch confirm public.orders --epoch 2");
    assertThat(fixture.query(HOLDS)).containsExactly("public.orders|archive-sink epoch");
    confirm(19);
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(60))
        .until(() -> fixture.query(UNSEEN).equals(List.of("0")));
    assertThat(fixture.query("SELECT note FROM orders WHERE id = 60")).containsExactly("note 60");

    confirm(20);

    awaitState(2, TestTables.ORDERS, "reconciled");
    fixture.awaitApplied();
    assertThat(fixture.query(UNSEEN)).containsExactly("20");
    assertThat(fixture.query(HOLDS)).isEmpty();
    assertThat(fixture.query("SELECT note FROM orders WHERE id = 60")).containsExactly("reused");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                !fixture
                    .query("SELECT 1 FROM arc.epoch WHERE epoch = 2 AND reconciled_at IS NOT NULL")
                    .isEmpty());
  }

  @Test
  void a_small_share_passes_by_itself() throws Exception {
    snapshot(2, () -> orders(1, ROWS - 2), Map.of());

    awaitState(2, TestTables.ORDERS, "reconciled");
    assertThat(fixture.query(UNSEEN)).containsExactly("2");
  }

  @Test
  void rows_from_before_the_epochs_snapshot_count_as_what_they_are() throws Exception {
    capture.inEpoch(2);
    capture.commit(() -> capture.epoch(new Epoch(2, "7312", 1, false, Positions.NONE)));
    // What the slot still had from before: 61 is gone from hot by the time of the snapshot.
    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "61", "brief", AT);
          capture.create(ORDERS_V1, "62", "told", AT);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "62", "told", AT);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "60", "note 60", AT);
        });
    long shown = capture.here();
    capture.commit(
        () -> {
          orders(1, ROWS - 1);
          capture.read(DOSES_V1, "1", "aspirin", "1");
        });
    Positions end = fixture.topics().ends();
    Map<TableId, Long> counts = capture.whole(2, end).tables();
    capture.commit(
        () -> capture.epoch(new Epoch(2, "7312", 1, false, end).completed(end, counts, shown)));

    awaitState(2, TestTables.ORDERS, "reconciled");
    assertThat(
            fixture.query("SELECT id, note, arc_cause FROM public_cold.orders ORDER BY id, note"))
        .containsExactly("60|note 60|deleted", "61|brief|unseen", "62|told|deleted");
    assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly("59");
  }

  private void orders(int from, int to) {
    for (int id = from; id <= to; id++) {
      capture.read(ORDERS_V1, String.valueOf(id), "note " + id, AT);
    }
  }

  /** An epoch with those rows and the dose; announces other numbers of some tables. */
  private void snapshot(int epoch, Runnable rows, Map<TableId, Long> others) throws Exception {
    capture.inEpoch(epoch);
    capture.commit(() -> capture.epoch(new Epoch(epoch, "7312", 1, false, Positions.NONE)));
    capture.commit(rows);
    capture.commit(() -> capture.read(DOSES_V1, "1", "aspirin", "1"));
    Positions end = fixture.topics().ends();
    Map<TableId, Long> counts = new HashMap<>(capture.whole(epoch, end).tables());
    counts.putAll(others);
    capture.commit(
        () -> capture.epoch(new Epoch(epoch, "7312", 1, false, end).completed(end, counts, 0)));
  }

  private void confirm(int rows) throws Exception {
    fixture.run(
        "INSERT INTO arc.reconciliation_confirmation (prefix, epoch, schema_name, table_name, unseen, confirmed_by, reason) VALUES ('%s', 2, 'public', 'orders', %d, 'me', 'they left')"
            .formatted(fixture.settings().prefix(), rows));
  }

  private void awaitState(int epoch, TableId table, String state) {
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(() -> assertThat(state(epoch, table)).isEqualTo(state));
  }

  private String state(int epoch, TableId table) throws Exception {
    return of("state", epoch, table);
  }

  private String sentence(int epoch, TableId table) throws Exception {
    return of("sentence", epoch, table);
  }

  private String of(String column, int epoch, TableId table) throws Exception {
    List<String> found =
        fixture.query(
            "SELECT %s FROM arc.reconciliation WHERE epoch = %d AND schema_name = '%s' AND table_name = '%s'"
                .formatted(column, epoch, table.schema(), table.name()));
    return found.isEmpty() ? "" : found.get(0);
  }
}
