package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableVersionsTest {
  private static final TableSchema ORDERS_V2 =
      TestTables.wider(ORDERS_V1, new ColumnSchema("level", "numeric", "numeric(6,2)", "1.50"));

  @Test
  void a_new_column_has_in_older_rows_what_hot_says_and_nothing_in_the_cold_store()
      throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            capture.version(ORDERS_V1);
            capture.create(ORDERS_V1, "1", "old", null);
            capture.create(ORDERS_V1, "2", "old, left", null);
            capture.create(ORDERS_V1, "3", "old, changed", null);
          });
      fixture.startSink();
      fixture.awaitApplied();
      capture.commit(() -> capture.depart(ORDERS_V1, DepartureCause.DELETED, "2", "left", null));
      fixture.awaitApplied();

      capture.commit(
          () -> {
            capture.create(ORDERS_V1, "4", "old, late", null);
            capture.version(ORDERS_V2);
            capture.update(ORDERS_V2, "3", "changed", null, "7.00");
            capture.create(ORDERS_V2, "5", "new", null, null);
            capture.depart(ORDERS_V2, DepartureCause.PURGED, "5", "new", null, "8");
          });
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT id, level, arc_version FROM orders ORDER BY id"))
          .containsExactly("1|1.50|1", "3|7.00|2", "4|1.50|1");
      assertThat(fixture.query("SELECT id, level, arc_version FROM public_cold.orders ORDER BY id"))
          .containsExactly("2|~|1", "5|8|2");
      assertThat(
              fixture.query(
                  "SELECT version FROM arc.table_version WHERE table_name = 'orders' ORDER BY 1"))
          .containsExactly("1", "2");
    }
  }

  @Test
  void a_record_waits_until_its_version_is_known() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      capture.commit(() -> capture.version(ORDERS_V1));
      capture.commit(() -> capture.create(ORDERS_V2, "1", "early", null, "2"));
      SinkService sink = fixture.startSink();
      String partition = "SELECT coalesce(sum(position), 0) FROM arc.sink_position";
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> !fixture.query("SELECT 1 FROM arc.table_version").isEmpty());
      await()
          .during(Duration.ofSeconds(1))
          .until(() -> sink.state().ready() && fixture.query(partition).equals(List.of("0")));

      capture.commit(() -> capture.version(ORDERS_V2));
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT id, note, level FROM orders")).containsExactly("1|early|2");
    }
  }

  @Test
  void a_column_that_is_text_in_the_archive_takes_every_type() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      TableSchema retyped =
          TestTables.version(
              2, ORDERS_V1.table(), ORDERS_V1.key(), "id integer", "note bytea", "at date");
      capture.commit(
          () -> {
            capture.version(ORDERS_V1);
            capture.create(ORDERS_V1, "1", "text", "2026-01-02 03:04:05");
            capture.create(ORDERS_V1, "2", "text", "2026-01-02 03:04:05");
          });
      fixture.startSink();
      fixture.awaitApplied();
      fixture.run("SELECT arc.retype_column('public', 'orders', 'at')");

      capture.commit(
          () -> {
            capture.version(retyped);
            capture.update(retyped, "1", "\\x00", "2026-03-04");
            capture.depart(ORDERS_V1, DepartureCause.DELETED, "2", "text", "2026-01-02 03:04:05");
            capture.depart(retyped, DepartureCause.PURGED, "3", "\\xff", "infinity");
          });
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT note, at FROM orders")).containsExactly("\\x00|2026-03-04");
      assertThat(fixture.query("SELECT at, arc_age FROM public_cold.orders ORDER BY id"))
          .containsExactly("2026-01-02 03:04:05|2026-01-02 03:04:05", "infinity|-infinity");
    }
  }
}
