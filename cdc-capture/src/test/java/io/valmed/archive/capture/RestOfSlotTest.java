package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.topic.SchemaRecord.TableParked;
import io.valmed.archive.runtime.LoopState;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new epoch first reads what the slot still has: what came and went there is nowhere else. */
class RestOfSlotTest {
  private final HotFixture hot = new HotFixture().withPartitions(1);

  @BeforeEach
  void provision() {
    hot.root("public.orders", "id int primary key, at timestamp, note text").provision();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private void stopped() {
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'stays'), (2, NULL, 'changes')");
    hot.startAndPass();
    hot.stop();
  }

  private void newEpoch() {
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
  }

  private List<String> departed() {
    return hot.topic("public.orders").told("note").stream()
        .filter(told -> told.startsWith("deleted "))
        .toList();
  }

  private static void comeAndGo(Statement statement, int id) throws Exception {
    statement.execute("INSERT INTO orders VALUES (%d, NULL, 'new')".formatted(id));
    statement.execute("UPDATE orders SET note = 'n%d' WHERE id = %1$d".formatted(id));
    statement.execute("DELETE FROM orders WHERE id = " + id);
  }

  private static String[] numbered(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> "deleted n" + i).toArray(String[]::new);
  }

  @Test
  void what_came_and_went_while_capture_was_stopped_departs() {
    stopped();
    hot.sql("INSERT INTO orders VALUES (3, NULL, 'brief')");
    hot.sql("UPDATE orders SET note = 'last' WHERE id = 2");
    hot.sql("DELETE FROM orders WHERE id IN (2, 3)");

    newEpoch();

    assertThat(departed()).containsExactlyInAnyOrder("deleted last", "deleted brief");
    assertThat(hot.topic("public.orders").told("note")).endsWith("r stays");
    assertThat(hot.topic("public.orders").changes().stream().map(TopicReader.Read::change))
        .filteredOn(change -> change != null && change.departure())
        .allMatch(change -> change != null && change.evidence().epoch() == 2);
  }

  @Test
  void nothing_comes_and_goes_between_what_the_slot_had_and_the_snapshot() throws Exception {
    stopped();
    AtomicInteger written = new AtomicInteger();
    CountDownLatch stop = new CountDownLatch(1);
    Thread writer =
        new Thread(
            () -> {
              try (Connection connection = hot.connect();
                  Statement statement = connection.createStatement()) {
                while (!stop.await(1, TimeUnit.MILLISECONDS)) {
                  comeAndGo(statement, 100 + written.get());
                  written.incrementAndGet();
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    writer.start();
    try {
      Awaitility.await().until(() -> written.get() > 200);
      for (int i = 0; i < 2; i++) {
        newEpoch();
        hot.stop();
      }
      newEpoch();
    } finally {
      stop.countDown();
      writer.join();
    }
    hot.awaitPassed();

    assertThat(departed()).containsExactly(numbered(100, 99 + written.get()));
  }

  @Test
  void a_crash_while_the_rest_is_read_leaves_nothing_out_and_repeats_nothing() throws Exception {
    hot.cutAfter(40);
    stopped();
    try (Connection connection = hot.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int id = 100; id < 160; id++) {
        comeAndGo(statement, id);
      }
      connection.commit();
      for (int id = 160; id < 170; id++) {
        comeAndGo(statement, id);
        connection.commit();
      }
    }
    List<FailPoint.Place> crashes =
        new ArrayList<>(
            List.of(
                FailPoint.Place.ANNOUNCED,
                FailPoint.Place.APPENDED,
                FailPoint.Place.AFTER_COMMIT,
                FailPoint.Place.BEFORE_COMMIT,
                FailPoint.Place.ACKNOWLEDGED,
                FailPoint.Place.SLOT_MADE,
                FailPoint.Place.COPYING));
    AtomicInteger passed = new AtomicInteger();
    hot.start(
        new CaptureOptions(true),
        (place, event) -> {
          // Each time a little further on: a place of a crash is not passed again in vain.
          if (!crashes.isEmpty()
              && place == crashes.get(0)
              && (place != FailPoint.Place.APPENDED || passed.incrementAndGet() > 50)) {
            crashes.remove(0);
            throw new KafkaException("planned crash at " + place);
          }
        });
    hot.awaitPassed(Duration.ofMinutes(2));

    assertThat(crashes).isEmpty();
    assertThat(departed()).containsExactly(numbered(100, 169));
  }

  @Test
  void a_table_that_does_not_fit_there_is_parked_until_the_snapshot_alone() {
    stopped();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY DEFAULT");
    hot.sql("INSERT INTO orders VALUES (4, NULL, 'brief')");
    hot.sql("DELETE FROM orders WHERE id = 4");
    hot.sql("ALTER TABLE orders REPLICA IDENTITY FULL");

    newEpoch();
    hot.sql("INSERT INTO orders VALUES (5, NULL, 'flows')");
    hot.awaitPassed();

    assertThat(new CarriedRows(hot).alarms("orders")).isNotEmpty();
    assertThat(hot.topic("public.orders").told("note")).endsWith("c flows");
    assertThat(new TopicReader(hot.settings(), hot.topics().schema()).schemas())
        .filteredOn(TableParked.class::isInstance)
        .allMatch(record -> ((TableParked) record).epoch() == 1);
    assertThat(hot.value("SELECT count(*) FROM arc.purge_hold WHERE released_at IS NULL"))
        .isEqualTo("0");
  }

  @Test
  void a_table_that_was_parked_flows_where_it_fits_again() {
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'stays')");
    hot.startAndPass();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY DEFAULT");
    hot.sql("UPDATE orders SET note = 'parked' WHERE id = 1");
    hot.awaitPassed();
    hot.stop();
    hot.sql("ALTER TABLE orders REPLICA IDENTITY FULL");
    hot.sql("INSERT INTO orders VALUES (4, NULL, 'brief')");
    hot.sql("DELETE FROM orders WHERE id = 4");

    newEpoch();

    assertThat(departed()).containsExactly("deleted brief");
  }

  @Test
  void a_slot_that_cannot_be_read_stops_the_epoch_until_it_is_given_up() {
    stopped();
    hot.sql("SELECT pg_drop_replication_slot('%s')".formatted(hot.slot()));
    hot.sql(
        "SELECT pg_create_logical_replication_slot('%s', 'test_decoding')".formatted(hot.slot()));

    CaptureService service = hot.start(new CaptureOptions(true), FailPoint.NONE);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());
    assertThat(service.state()).isInstanceOf(LoopState.Failed.class);
    assertThat(service.state().describe())
        .contains(hot.slot())
        .contains("./archive capture --new-epoch --give-up-slot");
    hot.stop();

    hot.start(new CaptureOptions(true, 0, true), FailPoint.NONE);
    hot.awaitPassed();
    assertThat(hot.topic("public.orders").told("note")).endsWith("r stays", "r changes");
  }
}
