package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large rows, wide rows and large transactions. */
class LargeRowsTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder;
  private SinkFixture fixture;
  private TestCapture capture;

  @BeforeEach
  void start() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    fixture.topics().takeRecordsUpTo(64 * MEGABYTE);
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void rows_of_20_and_of_1_megabytes_pass_through_a_heap_of_256() throws Exception {
    String twenty = "é\t" + "x".repeat(20 * MEGABYTE);
    String one = "ö" + "y".repeat(MEGABYTE);
    for (int i = 0; i < 3; i++) {
      String id = String.valueOf(i);
      capture.commit(() -> capture.create(ORDERS_V1, id, twenty, "2026-01-01 00:00:00"));
    }
    for (int i = 100; i < 160; i += 10) {
      int from = i;
      capture.commit(
          () -> {
            for (int id = from; id < from + 10; id++) {
              capture.create(ORDERS_V1, String.valueOf(id), one, null);
            }
          });
    }
    capture.commit(
        () -> capture.depart(ORDERS_V1, DepartureCause.PURGED, "1", twenty, "2026-01-01 00:00:00"));

    try (SinkProcess sink = new SinkProcess(fixture, folder, "256m")) {
      fixture.awaitApplied();
      assertThat(sink.runs()).as(sink.told()).isTrue();
    }

    assertThat(
            fixture.query(
                "SELECT min(id), max(id), count(*), note = 'ö' || repeat('y', 1048576), note = E'é\\t' || repeat('x', 20971520) FROM orders GROUP BY note ORDER BY 1"))
        .containsExactly("0|2|2|f|t", "100|159|60|t|f");
    assertThat(
            fixture.query(
                "SELECT id FROM public_cold.orders WHERE note = E'é\\t' || repeat('x', 20971520)"))
        .containsExactly("1");
    assertThat(fixture.query("SELECT * FROM arc.quarantine")).isEmpty();
  }

  @Test
  void a_transaction_of_many_rows_passes_through_a_heap_of_256() throws Exception {
    int rows = Integer.getInteger("archive.large.rows", 60_000);
    capture.commit(
        () -> {
          for (int i = 0; i < rows; i++) {
            capture.create(ORDERS_V1, String.valueOf(i), "n" + i, "2026-01-01 00:00:00");
          }
        });

    try (SinkProcess sink = new SinkProcess(fixture, folder, "256m")) {
      fixture.awaitApplied();
      assertThat(sink.runs()).as(sink.told()).isTrue();
    }

    assertThat(fixture.query("SELECT count(*), count(DISTINCT note) FROM orders"))
        .containsExactly(rows + "|" + rows);
  }

  @Test
  void rows_of_1000_columns_pass_and_one_that_no_page_holds_is_set_aside() throws Exception {
    List<ColumnSchema> columns = new ArrayList<>(ORDERS_V1.columns());
    for (int i = columns.size(); i < 1000; i++) {
      columns.add(new ColumnSchema("c" + i, "text", "text", null));
    }
    TableSchema wide = new TableSchema(ORDERS_V1.table(), 2, columns, ORDERS_V1.key());
    capture.commit(
        () -> {
          capture.version(wide);
          capture.create(wide, row("1", "a"));
          capture.create(wide, row("2", "too large for a page "));
          capture.create(wide, row("3", "b"));
          capture.depart(wide, DepartureCause.DELETED, row("3", "b"));
        });

    fixture.startSink();
    fixture.awaitApplied();

    assertThat(fixture.query("SELECT id, c3, c999 FROM orders")).containsExactly("1|a|a");
    assertThat(fixture.query("SELECT id, c3, c999 FROM public_cold.orders"))
        .containsExactly("3|b|b");
    assertThat(fixture.query("SELECT sqlstate FROM arc.quarantine")).containsExactly("54000");
  }

  private static String[] row(String id, String text) {
    String[] row = new String[1000];
    Arrays.fill(row, text);
    row[0] = id;
    row[2] = "2026-01-01 00:00:00";
    return row;
  }
}
