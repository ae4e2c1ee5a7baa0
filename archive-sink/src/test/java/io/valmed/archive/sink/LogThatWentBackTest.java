package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Topics that lost their end: what a new epoch writes stands under positions that the archive has
 * already passed.
 */
final class LogThatWentBackTest {
  private static final int ROWS = 40;

  @Test
  void what_a_new_epoch_wrote_below_the_stored_positions_is_applied_all_the_same()
      throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      oneEpochApplied(fixture, capture);
      // As if 25 more records of epoch 1 had been applied from each partition, which it then lost.
      fixture.run("UPDATE arc.sink_position SET position = position + 25");
      anotherEpochWrites(fixture, capture, ROWS);

      fixture.startSink();

      fixture.awaitApplied();
      awaitReconciled(fixture, 2);
      assertThat(fixture.query("SELECT count(*), min(arc_epoch) FROM orders"))
          .containsExactly(ROWS + "|2");
      assertThat(fixture.query("SELECT * FROM public_cold.orders")).isEmpty();
      assertThat(fixture.query("SELECT DISTINCT epoch FROM arc.sink_position"))
          .containsExactly("2");
    }
  }

  @Test
  void nothing_counts_as_unseen_while_a_partition_has_not_gone_back() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      oneEpochApplied(fixture, capture);
      anotherEpochWrites(fixture, capture, ROWS);
      // A partition of another sink, which is away, and which the topics have not grown past yet.
      fixture.run(
          "INSERT INTO arc.sink_position SELECT 'other.topic', 0, 'id', 1, 1000 FROM generate_series(1, 1)");
      Epoch second =
          Epoch.beginning(2, "7312", 1, Positions.of(Map.of("other.topic/0", 900L)))
              .completed(fixture.topics().ends(), capture.whole(2, Positions.NONE).tables(), 0);
      capture.commit(() -> capture.epoch(second));

      fixture.startSink();

      fixture.awaitApplied();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(30))
          .until(() -> reconciled(fixture, 2) == 0);
      fixture.run("UPDATE arc.sink_position SET epoch = 2, position = 900 WHERE epoch = 1");
      awaitReconciled(fixture, 2);
    }
  }

  @Test
  void a_poisoned_record_at_an_offset_that_was_given_out_before_is_kept_too() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      oneEpochApplied(fixture, capture);
      poison(fixture, capture, "first");
      // As if the log had lost that record: the next poisoned one gets its offset.
      fixture.run(
          """
          UPDATE arc.quarantine q SET "offset" = p.position FROM arc.sink_position p
          WHERE p.topic = q.topic AND p.partition = q.partition
          """);
      capture.inEpoch(2);
      poison(fixture, capture, "second");
      // Records that a sink reads twice are one.
      fixture.run("UPDATE arc.sink_position SET position = position - 2 WHERE position > 1");

      try (SinkService sink = fixture.startSink()) {
        fixture.awaitApplied();
        assertThat(sink.state().ready()).isTrue();
      }

      assertThat(
              fixture.query(
                  """
                  SELECT count(DISTINCT "offset"), string_agg(headers ->> 'arc.epoch', ',' ORDER BY id),
                    bool_and(position('first' IN convert_from(record_value, 'UTF8')) > 0) FILTER (WHERE headers ->> 'arc.epoch' = '1')
                  FROM arc.quarantine
                  """))
          .containsExactly("1|1,2|t");
    }
  }

  private static void poison(SinkFixture fixture, TestCapture capture, String note)
      throws Exception {
    capture.commit(() -> capture.update(ORDERS_V1, "1", note, "no timestamp"));
    try (SinkService sink = fixture.startSink()) {
      fixture.awaitApplied();
      assertThat(sink.state().ready()).isTrue();
    }
  }

  @Test
  void an_epoch_that_lost_the_end_of_its_snapshot_is_left_to_the_next_one() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      oneEpochApplied(fixture, capture);
      capture.inEpoch(2);
      capture.commit(() -> capture.epoch(new Epoch(2, "7312", 1, false, Positions.NONE)));
      capture.commit(() -> rows(capture, ROWS / 2));
      Positions left = fixture.topics().ends();
      Map<String, Long> lost = new HashMap<>();
      left.next().forEach((partition, end) -> lost.put(partition, end + 1000));
      capture.commit(() -> capture.epoch(capture.whole(2, Positions.of(lost))));
      capture.inEpoch(3);
      Epoch third = Epoch.beginning(3, "7312", 1, left);
      capture.commit(() -> capture.epoch(third));
      capture.commit(
          () -> {
            rows(capture, ROWS);
            capture.read(DOSES_V1, "1", "aspirin", "1");
          });
      Positions end = fixture.topics().ends();
      capture.commit(() -> capture.epoch(third.completed(end, capture.whole(3, end).tables(), 0)));

      fixture.startSink();

      awaitReconciled(fixture, 3);
      assertThat(fixture.query("SELECT count(*), min(arc_epoch) FROM orders"))
          .containsExactly(ROWS + "|3");
      assertThat(fixture.query("SELECT * FROM public_cold.orders")).isEmpty();
    }
  }

  private static void oneEpochApplied(SinkFixture fixture, TestCapture capture) throws Exception {
    capture.commit(
        () -> {
          capture.epoch(new Epoch(1, "7312", 1, true, Positions.NONE));
          capture.version(ORDERS_V1);
          capture.version(DOSES_V1);
          rows(capture, ROWS);
          capture.read(DOSES_V1, "1", "aspirin", "1");
        });
    try (SinkService sink = fixture.startSink()) {
      fixture.awaitApplied();
      awaitReconciled(fixture, 1);
      assertThat(sink.state().ready()).isTrue();
    }
  }

  private static void anotherEpochWrites(SinkFixture fixture, TestCapture capture, int rows)
      throws Exception {
    capture.inEpoch(2);
    Epoch begun = Epoch.beginning(2, "7312", 1, fixture.topics().ends());
    capture.commit(() -> capture.epoch(begun));
    capture.commit(
        () -> {
          rows(capture, rows);
          capture.read(DOSES_V1, "1", "aspirin", "1");
        });
    Positions end = fixture.topics().ends();
    capture.commit(() -> capture.epoch(begun.completed(end, capture.whole(2, end).tables(), 0)));
  }

  private static void rows(TestCapture capture, int rows) {
    for (int i = 1; i <= rows; i++) {
      capture.read(ORDERS_V1, Integer.toString(i), "note " + i, "2026-01-01 00:00:00");
    }
  }

  private static void awaitReconciled(SinkFixture fixture, int epoch) {
    await().atMost(Duration.ofSeconds(60)).until(() -> reconciled(fixture, epoch) == 1);
  }

  private static int reconciled(SinkFixture fixture, int epoch) throws Exception {
    return fixture
        .query(
            "SELECT 1 FROM arc.epoch WHERE reconciled_at IS NOT NULL AND epoch = %d"
                .formatted(epoch))
        .size();
  }
}
