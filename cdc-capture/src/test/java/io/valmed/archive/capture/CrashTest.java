package io.valmed.archive.capture;

import static io.valmed.archive.capture.FailPoint.Place.ACKNOWLEDGED;
import static io.valmed.archive.capture.FailPoint.Place.AFTER_COMMIT;
import static io.valmed.archive.capture.FailPoint.Place.ANNOUNCED;
import static io.valmed.archive.capture.FailPoint.Place.APPENDED;
import static io.valmed.archive.capture.FailPoint.Place.BEFORE_COMMIT;
import static io.valmed.archive.capture.FailPoint.Place.SLOT_MADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.CrashPlan.Crash;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * Capture fails between any two steps; every change stands in its topic once all the same. Kafka
 * transactions are cut after every event, so that a failure may fall anywhere in a source
 * transaction.
 */
class CrashTest {
  private final HotFixture hot = new HotFixture();

  @BeforeEach
  void createTable() {
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .cutAfter(1)
        .provision();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private CrashPlan start(Crash... crashes) {
    CrashPlan plan = new CrashPlan(List.of(crashes));
    hot.start(CaptureOptions.NONE, plan);
    hot.awaitPassed();
    return plan;
  }

  private void afterTheCrashes(CrashPlan plan) {
    hot.awaitPassed();
    assertThat(plan.left()).isEmpty();
  }

  private void copy(int from, int to) throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int id = from; id <= to; id++) {
      rows.append(id).append("\t\\N\tcopied\n");
    }
    try (Connection connection = hot.connect()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY orders FROM STDIN", new StringReader(rows.toString()));
    }
  }

  /** Regression: dbz#1554, many rows on one LSN. */
  @Test
  @Tag(StreamUnderTest.BOTH)
  void rows_of_a_copy_that_share_one_lsn_survive_a_crash_after_any_of_them() throws Exception {
    CrashPlan plan =
        start(
            new Crash("c1", AFTER_COMMIT),
            new Crash("c2", APPENDED),
            new Crash("c3", BEFORE_COMMIT),
            new Crash("c3", AFTER_COMMIT),
            new Crash("c5", AFTER_COMMIT));

    copy(1, 5);

    afterTheCrashes(plan);
    assertThat(hot.topic("public.orders").told("id"))
        .containsExactly("c 1", "c 2", "c 3", "c 4", "c 5");
  }

  @Test
  void a_key_update_survives_a_crash_within_it() {
    CrashPlan plan =
        start(
            new Crash("u2", APPENDED),
            new Crash("u2", BEFORE_COMMIT),
            new Crash("u2", AFTER_COMMIT));

    hot.sql("INSERT INTO orders VALUES (1, NULL, 'x')");
    hot.sql("UPDATE orders SET id = 2 WHERE id = 1");

    afterTheCrashes(plan);
    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1", "rekeyed 1", "c 2");
  }

  /** Regression: dbz#76, transactions that were open beside each other across a restart. */
  @Test
  @Tag(StreamUnderTest.BOTH)
  void interleaved_transactions_survive_crashes_in_both() throws Exception {
    CrashPlan plan =
        start(
            new Crash("c11", AFTER_COMMIT),
            new Crash("c12", BEFORE_COMMIT),
            new Crash("c21", AFTER_COMMIT),
            new Crash("c22", APPENDED),
            new Crash("c31", AFTER_COMMIT));

    try (Connection one = hot.connect();
        Connection two = hot.connect();
        Statement first = one.createStatement();
        Statement second = two.createStatement()) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      second.execute("INSERT INTO orders VALUES (21, NULL, 'two')");
      first.execute("INSERT INTO orders VALUES (11, NULL, 'one')");
      second.execute("INSERT INTO orders VALUES (22, NULL, 'two')");
      hot.sql("INSERT INTO orders VALUES (31, NULL, 'three')");
      first.execute("INSERT INTO orders VALUES (12, NULL, 'one')");
      one.commit();
      second.execute("INSERT INTO orders VALUES (23, NULL, 'two')");
      two.commit();
    }

    afterTheCrashes(plan);
    assertThat(hot.topic("public.orders").told("id"))
        .containsExactly("c 31", "c 11", "c 12", "c 21", "c 22", "c 23");
  }

  @Test
  void the_first_transaction_after_a_snapshot_survives_crashes_inside_it() {
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'before')");
    CrashPlan crashes =
        new CrashPlan(
            List.of(
                new Crash("c2", BEFORE_COMMIT),
                new Crash("c2", AFTER_COMMIT),
                new Crash("c3", AFTER_COMMIT)));
    AtomicBoolean inserted = new AtomicBoolean();

    hot.start(
        CaptureOptions.NONE,
        (place, event) -> {
          if (place == AFTER_COMMIT && !inserted.getAndSet(true)) {
            hot.sql("INSERT INTO orders SELECT i, NULL, 'first' FROM generate_series(2, 4) i");
          }
          crashes.reached(place, event);
        });

    afterTheCrashes(crashes);
    assertThat(hot.topic("public.orders").told("id")).containsExactly("r 1", "c 2", "c 3", "c 4");
  }

  @Test
  void an_interrupted_snapshot_is_begun_anew_as_another_epoch_with_purging_held() {
    hot.sql("INSERT INTO orders SELECT i, NULL, 'old' FROM generate_series(1, 5) i");
    AtomicInteger appended = new AtomicInteger();

    hot.start(
        CaptureOptions.NONE,
        (place, event) -> {
          if (place == APPENDED && appended.incrementAndGet() == 3) {
            throw new KafkaException("planned crash");
          }
        });
    hot.awaitPassed();

    assertThat(hot.topic("public.orders").changes())
        .filteredOn(
            read ->
                Objects.requireNonNull(read.change()).operation() == Operation.READ
                    && read.change().evidence().epoch() == 2)
        .extracting(read -> read.after("id"))
        .containsExactly("1", "2", "3", "4", "5");
    assertThat(epochs()).containsExactly("1 false", "2 false", "2 true");
    assertThat(hot.value("SELECT DISTINCT scope || ' ' || released_by FROM arc.purge_hold"))
        .as("held while the tables were copied anew, and no longer")
        .isEqualTo("* capture " + hot.slot());
  }

  @Test
  void an_epoch_that_fails_between_its_steps_is_begun_anew() {
    hot.sql("INSERT INTO orders SELECT i, NULL, 'old' FROM generate_series(1, 3) i");
    CrashPlan plan = start(new Crash("", ANNOUNCED), new Crash("", SLOT_MADE));

    assertThat(plan.left()).isEmpty();
    assertThat(epochs()).containsExactly("1 false", "2 false", "3 false", "3 true");
    assertThat(hot.topic("public.orders").told("id")).containsExactly("r 1", "r 2", "r 3");
  }

  @Test
  void a_change_survives_a_crash_after_hot_was_told() {
    CrashPlan plan = start(new Crash("c1", ACKNOWLEDGED));

    hot.sql("INSERT INTO orders VALUES (1, NULL, 'x')");
    hot.sql("INSERT INTO orders VALUES (2, NULL, 'y')");

    afterTheCrashes(plan);
    assertThat(hot.topic("public.orders").told("id")).containsExactly("c 1", "c 2");
  }

  @Test
  void a_large_transaction_becomes_visible_in_parts_and_no_change_twice() throws Exception {
    hot.cutAfter(100);
    CrashPlan plan =
        start(
            new Crash("c150", APPENDED), new Crash("c250", APPENDED), new Crash("c999", APPENDED));

    copy(1, 1000);

    afterTheCrashes(plan);
    List<String> expected = new ArrayList<>();
    for (int id = 1; id <= 1000; id++) {
      expected.add("c " + id);
    }
    assertThat(hot.topic("public.orders").told("id")).isEqualTo(expected);
  }

  private List<String> epochs() {
    List<String> epochs = new ArrayList<>();
    new TopicReader(hot.settings(), hot.topics().schema())
        .schemas()
        .forEach(
            record -> {
              if (record instanceof EpochState state) {
                Epoch epoch = state.epoch();
                epochs.add(epoch.number() + " " + epoch.snapshotComplete());
              }
            });
    return epochs;
  }
}
