package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.change.DepartureCause;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A trigger on the mirror counts what has been merged into it, change by change. */
class ExactlyOnceTest {
  private static final int ROWS = 600;
  private static SinkFixture fixture;
  private static TestCapture capture;
  private static int nextId;

  @BeforeAll
  static void start() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
    capture.commit(() -> capture.create(ORDERS_V1, "0", "first", null));
    try (SinkService sink = fixture.startSink()) {
      fixture.awaitApplied();
      assertThat(sink.state().ready()).isTrue();
    }
    fixture.run(
        """
        CREATE TABLE merged (id bigint, lsn pg_lsn);
        CREATE FUNCTION merged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$BEGIN INSERT INTO public.merged VALUES (NEW.id, NEW.arc_lsn); RETURN NULL; END$$;
        CREATE TRIGGER merged AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION merged();
        """);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @MethodSource("boundariesOfBatches")
  void a_sink_that_dies_at_a_boundary_applies_every_change_once(FailPoint.Boundary boundary)
      throws Exception {
    int first = writeRows();
    AtomicInteger reached = new AtomicInteger();
    FailPoint death =
        at -> {
          if (at == boundary && reached.incrementAndGet() % 2 == 1 && reached.get() < 8) {
            throw new SQLException("the connection is gone", "08006");
          }
        };

    try (SinkService sink = fixture.startSink(death, 150)) {
      fixture.awaitApplied();
      assertThat(sink.state().ended()).isFalse();
    }

    assertThat(reached).hasValueGreaterThan(1);
    assertEachMergedOnce(first);
  }

  static Stream<FailPoint.Boundary> boundariesOfBatches() {
    return Stream.of(FailPoint.Boundary.values()).filter(FailPoint.Boundary::ofBatch);
  }

  @Test
  void a_sink_whose_connections_are_cut_applies_every_change_once() throws Exception {
    int first = writeRows();
    AtomicInteger reached = new AtomicInteger();
    FailPoint cut =
        at -> {
          if (at == FailPoint.Boundary.MERGED && reached.incrementAndGet() < 4) {
            fixture.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'valmed-archive sink%' AND datname = current_database()");
          }
        };

    try (SinkService sink = fixture.startSink(cut, 150)) {
      fixture.awaitApplied();
      assertThat(sink.state().ended()).isFalse();
    }

    assertEachMergedOnce(first);
  }

  @Test
  void a_rolled_back_kafka_transaction_leaves_no_trace() throws Exception {
    capture.abort(() -> capture.create(ORDERS_V1, "-1", "never", null));
    int first = writeRows();

    try (SinkService sink = fixture.startSink()) {
      fixture.awaitApplied();
      assertThat(sink.state().ready()).isTrue();
    }

    assertThat(fixture.query("SELECT * FROM orders WHERE id = -1")).isEmpty();
    assertEachMergedOnce(first);
  }

  private static int writeRows() {
    int first = nextId + 1;
    nextId += ROWS;
    for (int id = first; id < first + ROWS; id += 60) {
      int from = id;
      capture.commit(
          () -> {
            for (int i = from; i < from + 60; i++) {
              capture.create(ORDERS_V1, String.valueOf(i), "n" + i, "2026-05-06 07:08:09");
            }
            capture.depart(
                ORDERS_V1,
                DepartureCause.DELETED,
                String.valueOf(from),
                "n" + from,
                "2026-05-06 07:08:09");
          });
    }
    return first;
  }

  private static void assertEachMergedOnce(int first) throws SQLException {
    String range = " WHERE id BETWEEN " + first + " AND " + (first + ROWS - 1);
    assertThat(
            fixture.query(
                "SELECT id FROM merged" + range + " GROUP BY id, lsn HAVING count(*) > 1"))
        .isEmpty();
    assertThat(fixture.query("SELECT count(*) FROM orders" + range))
        .containsExactly(String.valueOf(ROWS - ROWS / 60));
    assertThat(fixture.query("SELECT count(*) FROM public_cold.orders" + range))
        .containsExactly(String.valueOf(ROWS / 60));
  }
}
