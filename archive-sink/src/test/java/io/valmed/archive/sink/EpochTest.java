package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EpochTest {

  @Test
  void rows_that_left_unseen_are_in_the_cold_store_even_if_their_key_came_back() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      firstEpoch(fixture, capture);
      secondEpochIsSnapshotted(fixture, capture);
      // Key 2 left before the snapshot and is used again right after it.
      capture.commit(() -> capture.create(ORDERS_V1, "2", "reused", null));

      fixture.startSink();
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT id, note, arc_epoch FROM orders ORDER BY id"))
          .containsExactly("1|stays|2", "2|reused|2");
      assertThat(
              fixture.query(
                  "SELECT tableoid::regclass, id, note, arc_cause, arc_epoch, arc_lsn, arc_txid, arc_committed_at FROM public_cold.orders ORDER BY id"))
          .containsExactly(
              "public_cold.orders_y2026m02|2|left|unseen|2|0/0|~|~",
              "public_cold.orders_undated|3|left too|unseen|2|0/0|~|~");
      assertThat(
              fixture.query(
                  "SELECT count(*) FROM \"Ward \"\"7\"\"_cold\".\"Dose.s\" WHERE arc_cause = 'unseen'"))
          .containsExactly("1");
      assertThat(
              fixture.query(
                  "SELECT epoch, snapshot_complete, reconciled_at IS NOT NULL FROM arc.epoch ORDER BY 1"))
          .containsExactly("1|t|t", "2|t|t");
    }
  }

  @Test
  void a_row_that_only_a_lost_primary_had_updated_is_kept_both_ways() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      firstEpoch(fixture, capture);
      capture.commit(() -> capture.update(ORDERS_V1, "2", "as it was lost", "2026-02-01 00:00:00"));
      // As capture keeps it before the new epoch; then hot's snapshot does not have the row.
      capture.commit(
          () -> {
            capture.depart(
                ORDERS_V1, DepartureCause.SUPERSEDED, "2", "left", "2026-02-01 00:00:00");
            capture.create(ORDERS_V1, "2", "as it was lost", "2026-02-01 00:00:00");
          });
      secondEpochIsSnapshotted(fixture, capture);

      fixture.startSink();
      fixture.awaitApplied();

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(fixture.query("SELECT id FROM orders ORDER BY id"))
                      .containsExactly("1"));
      assertThat(
              fixture.query(
                  "SELECT id, note, arc_cause, arc_committed_at FROM public_cold.orders ORDER BY id, note"))
          .containsExactly(
              "2|as it was lost|unseen|~", "2|left|superseded|~", "3|left too|unseen|~");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VERSION_MADE", "VERSION_NOTED", "UNSEEN_MOVED", "RECONCILED"})
  void a_sink_that_dies_beside_its_batches_ends_with_the_same(FailPoint.Boundary boundary)
      throws Exception {
    AtomicInteger reached = new AtomicInteger();
    FailPoint death =
        at -> {
          if (at == boundary && reached.incrementAndGet() <= 3) {
            throw new SQLException("the connection is gone", "08006");
          }
        };
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      try (SinkService sink = fixture.startSink(death)) {
        writeFirstEpoch(capture);
        fixture.awaitApplied();
        assertThat(sink.state().ended()).isFalse();
      }
      secondEpochIsSnapshotted(fixture, capture);
      capture.commit(() -> capture.create(ORDERS_V1, "2", "reused", null));

      fixture.startSink(death);
      fixture.awaitApplied();

      assertThat(reached).hasValueGreaterThan(1);
      assertThat(fixture.query("SELECT id, note, arc_epoch FROM orders ORDER BY id"))
          .containsExactly("1|stays|2", "2|reused|2");
      assertThat(
              fixture.query(
                  "SELECT id, note, arc_cause, arc_epoch FROM public_cold.orders ORDER BY id"))
          .containsExactly("2|left|unseen|2", "3|left too|unseen|2");
    }
  }

  @Test
  void nothing_counts_as_unseen_before_the_whole_snapshot_has_been_applied() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      firstEpoch(fixture, capture);
      capture.inEpoch(2);
      capture.commit(() -> capture.epoch(new Epoch(2, "7312", 1, false, Positions.NONE)));
      capture.commit(() -> capture.read(ORDERS_V1, "1", "stays", "2026-01-01 00:00:00"));

      fixture.startSink();
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT id FROM orders ORDER BY id")).containsExactly("1", "2", "3");
      assertThat(fixture.query("SELECT * FROM public_cold.orders")).isEmpty();
    }
  }

  @Test
  void an_epoch_number_of_another_history_is_refused_before_anything_is_applied() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      fixture.run(
          "INSERT INTO arc.epoch (prefix, epoch, system_id, timeline, snapshot_complete, reconciled_at) VALUES ('%s', 1, '9999', 1, true, now())"
              .formatted(fixture.settings().prefix()));
      capture.commit(
          () -> {
            capture.epoch(new Epoch(1, "7312", 1, true, Positions.NONE));
            capture.version(ORDERS_V1);
            capture.read(ORDERS_V1, "1", "other", null);
          });

      try (SinkService sink = fixture.startSink()) {
        await().atMost(Duration.ofSeconds(60)).until(() -> sink.state().failure() != null);

        assertThat(sink.state().failure()).hasMessageContaining("another hot database");
      }
      assertThat(
              fixture.query(
                  "SELECT to_regclass('public_cold.orders') IS NULL OR NOT EXISTS (SELECT FROM arc.sink_position)"))
          .containsExactly("t");
    }
  }

  private static void writeFirstEpoch(TestCapture capture) {
    capture.commit(
        () -> {
          capture.epoch(new Epoch(1, "7312", 1, true, Positions.NONE));
          capture.version(ORDERS_V1);
          capture.version(DOSES_V1);
          capture.read(ORDERS_V1, "1", "stays", "2026-01-01 00:00:00");
          capture.read(ORDERS_V1, "2", "left", "2026-02-01 00:00:00");
          capture.read(ORDERS_V1, "3", "left too", null);
          capture.read(DOSES_V1, "1", "aspirin", "1");
        });
  }

  private static void firstEpoch(SinkFixture fixture, TestCapture capture) throws Exception {
    writeFirstEpoch(capture);
    try (SinkService sink = fixture.startSink()) {
      fixture.awaitApplied();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  fixture.query("SELECT 1 FROM arc.epoch WHERE reconciled_at IS NOT NULL").size()
                      == 1);
      assertThat(sink.state().ready()).isTrue();
    }
  }

  private static void secondEpochIsSnapshotted(SinkFixture fixture, TestCapture capture)
      throws Exception {
    capture.inEpoch(2);
    capture.commit(() -> capture.epoch(new Epoch(2, "7312", 1, false, Positions.NONE)));
    capture.commit(() -> capture.read(ORDERS_V1, "1", "stays", "2026-01-01 00:00:00"));
    Positions end = fixture.topics().ends();
    capture.commit(() -> capture.epoch(capture.whole(2, end)));
  }
}
