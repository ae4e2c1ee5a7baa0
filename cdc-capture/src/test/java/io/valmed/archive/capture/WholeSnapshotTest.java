package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.capture.start.WholeTables;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.LoopState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A snapshot is whole or is none, and an epoch says where it begins and what it has copied. */
class WholeSnapshotTest {
  private static final TableId ORDERS = TableId.parse("public.orders");
  private final HotFixture hot = new HotFixture().withPartitions(1);

  @AfterEach
  void close() {
    hot.close();
  }

  private void orders(int rows) {
    hot.root("public.orders", "id int primary key, at timestamp, note text").provision();
    hot.sql(
        "INSERT INTO orders SELECT i, now(), 'v' FROM generate_series(1, %d) i".formatted(rows));
  }

  private List<Epoch> epochs() {
    return new TopicReader(hot.settings(), hot.topics().schema())
        .schemas().stream()
            .filter(EpochState.class::isInstance)
            .map(record -> ((EpochState) record).epoch())
            .filter(Epoch::snapshotComplete)
            .toList();
  }

  private String newEpochFails() {
    CaptureService service = hot.start(new CaptureOptions(true), FailPoint.NONE);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());
    assertThat(service.state()).isInstanceOf(LoopState.Failed.class);
    String told = service.state().describe();
    hot.stop();
    return told;
  }

  @Test
  void rows_that_row_security_hides_stop_a_new_epoch_before_the_old_one_is_given_up() {
    orders(30);
    hot.startAndPass();
    hot.stop();
    hot.sql("ALTER TABLE orders ENABLE ROW LEVEL SECURITY");
    hot.sql("CREATE POLICY third ON orders USING (id % 3 = 1)");

    String told = newEpochFails();

    assertThat(told).contains("orders").contains("BYPASSRLS");
    assertThat(hot.hold("*")).contains("Row security");
    assertThat(epochs()).hasSize(1);
    hot.startAndPass();
    hot.stop();
    hot.sql("ALTER ROLE %s_capture BYPASSRLS".formatted(hot.slot()));
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    assertThat(epochs().get(1).tables()).containsEntry(ORDERS, 30L);
  }

  @Test
  void timeouts_of_the_role_do_not_cut_a_snapshot_off() {
    orders(3);
    for (String timeout :
        List.of(
            "transaction_timeout",
            "statement_timeout",
            "lock_timeout",
            "idle_session_timeout",
            "idle_in_transaction_session_timeout")) {
      hot.sql("ALTER ROLE %s_capture SET %s = '400ms'".formatted(hot.slot(), timeout));
    }

    hot.start(
        CaptureOptions.NONE,
        (place, event) -> {
          if (place == FailPoint.Place.SLOT_MADE) {
            hot.sql("SELECT pg_sleep(1.2)");
          }
        });
    hot.awaitPassed();

    assertThat(epochs()).extracting(Epoch::number).containsExactly(1);
  }

  @Test
  void a_snapshot_that_is_slow_is_cut_by_time_and_whole_all_the_same() {
    orders(30);
    AtomicInteger rows = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    hot.cutAfter(Duration.ofMillis(100))
        .start(
            CaptureOptions.NONE,
            (place, event) -> {
              if (place == FailPoint.Place.APPENDED && event == null) {
                rows.incrementAndGet();
                hot.sql("SELECT pg_sleep(0.04)");
              } else if (place == FailPoint.Place.BEFORE_COMMIT) {
                most.accumulateAndGet(rows.getAndSet(0), Math::max);
              }
            });
    hot.awaitPassed();

    assertThat(most.get()).isBetween(1, 3);
    assertThat(epochs().get(0).tables()).containsEntry(ORDERS, 30L);
    assertThat(hot.topic("public.orders").told("id")).hasSize(30).doesNotHaveDuplicates();
  }

  @Test
  void a_table_that_is_truncated_between_the_snapshot_and_its_lock_is_noticed() throws Exception {
    orders(3);
    try (Connection snapshot = hot.connect();
        Statement statement = snapshot.createStatement()) {
      snapshot.setAutoCommit(false);
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      statement.execute("SELECT 1");
      WholeTables tables = new WholeTables(snapshot);
      hot.sql("TRUNCATE orders");

      assertThatThrownBy(() -> tables.lock(List.of(ORDERS)))
          .isInstanceOf(TimeoutException.class)
          .hasMessageContaining("orders")
          .satisfies(e -> assertThat(FailureKind.of(e)).isEqualTo(FailureKind.RETRY));

      snapshot.rollback();
      tables.lock(List.of(ORDERS));
      assertThatThrownBy(() -> hot.sql("SET lock_timeout = '100ms'; TRUNCATE orders"))
          .hasCauseInstanceOf(SQLException.class);
    }
  }

  @Test
  void an_epoch_says_where_it_begins_and_how_many_rows_it_has_copied() {
    orders(5);
    hot.startAndPass();
    hot.stop();
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();

    String partition = hot.topics().table(ORDERS) + "/0";
    Epoch first = epochs().get(0);
    Epoch second = epochs().get(1);
    assertThat(first.tables()).containsEntry(ORDERS, 5L);
    assertThat(first.begins().next()).containsEntry(partition, 0L);
    assertThat(second.begins().next().get(partition))
        .isGreaterThanOrEqualTo(first.snapshotEnd().next().get(partition));
    assertThat(hot.topic("public.orders").changes())
        .filteredOn(read -> read.change() != null && read.change().evidence().epoch() == 2)
        .allMatch(
            read ->
                read.offset() >= second.begins().next().getOrDefault(partition, Long.MAX_VALUE));
  }

  @Test
  void a_snapshot_of_large_rows_is_cut_by_bytes() {
    hot.withLargest(48 << 20)
        .root("public.large", "id int primary key, at timestamp, note text")
        .provision();
    hot.sql("INSERT INTO large SELECT i, NULL, repeat('x', 20 << 20) FROM generate_series(1, 4) i");
    AtomicInteger commits = new AtomicInteger();

    hot.start(
        CaptureOptions.NONE,
        (place, event) -> {
          if (place == FailPoint.Place.BEFORE_COMMIT && epochs().isEmpty()) {
            commits.incrementAndGet();
          }
        });
    hot.awaitPassed();

    assertThat(commits.get()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void a_topic_that_ends_before_what_hot_knows_stops_capture_until_a_new_epoch() {
    orders(3);
    hot.startAndPass();
    hot.stop();
    String partition = hot.topics().table(ORDERS) + "/0";
    hot.sql(
        "UPDATE arc.heartbeat SET positions = positions || '{\"%s\": 5000}' WHERE slot = '%s'"
            .formatted(partition, hot.slot()));

    CaptureService service = hot.start();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());
    assertThat(service.state().describe()).contains(partition).contains("--new-epoch");
    hot.stop();

    assertThat(hot.hold("*")).contains("lost the end");
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    assertThat(epochs().get(1).begins().next().get(partition)).isLessThan(5000);
  }
}
