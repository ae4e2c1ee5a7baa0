package io.valmed.archive.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of the archive's own relations and of hot's tables may meet. */
class NamesThatMeetTest {
  private static final TableSchema EVENTS = table("ev");
  private static final TableSchema MAY = table("ev_y2026m05");
  private static final TableSchema UNDATED = table("ev_undated");

  private static TableSchema table(String name) {
    return TestTables.version(
        1,
        new TableId("public", name),
        List.of("id"),
        "id bigint",
        "note text",
        "at timestamp without time zone");
  }

  private static SinkFixture fixture() throws Exception {
    List<RootTable> roots =
        List.of(EVENTS, MAY, UNDATED).stream()
            .map(t -> new RootTable(t.table(), "at", null, Duration.ofDays(90), List.of()))
            .toList();
    return new SinkFixture(new Policy(roots, List.of(), ZoneOffset.UTC));
  }

  @Test
  void departures_of_a_table_whose_partition_is_called_like_another_table_are_archived()
      throws Exception {
    try (SinkFixture fixture = fixture()) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            List.of(EVENTS, MAY, UNDATED).forEach(capture::version);
            capture.create(MAY, "1", "stays", "2026-05-10 00:00:00");
            capture.create(UNDATED, "1", "stays", "2026-05-10 00:00:00");
            capture.depart(EVENTS, DepartureCause.PURGED, "1", "left", "2026-05-10 00:00:00");
            capture.depart(MAY, DepartureCause.PURGED, "2", "left", "2026-05-10 00:00:00");
          });

      SinkService sink = fixture.startSink();
      fixture.awaitApplied();

      assertThat(sink.state().ready()).isTrue();
      for (String table : List.of("ev", "ev_y2026m05")) {
        assertThat(fixture.query("SELECT note, arc_cause FROM public_cold." + table))
            .containsExactly("left|purged");
      }
      for (String table : List.of("ev_y2026m05", "ev_undated")) {
        assertThat(fixture.query("SELECT note FROM public." + table)).containsExactly("stays");
      }
      assertThat(fixture.query("SELECT * FROM arc.purge_hold")).isEmpty();
    }
  }

  @Test
  void a_table_whose_name_something_foreign_has_stops_alone_and_nobody_is_told_to_drop_it()
      throws Exception {
    try (SinkFixture fixture = fixture()) {
      fixture.run("CREATE VIEW ev AS SELECT 1 AS id");
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            List.of(EVENTS, MAY, UNDATED).forEach(capture::version);
            capture.create(EVENTS, "1", "waits", "2026-05-10 00:00:00");
            capture.create(MAY, "1", "goes on", "2026-05-10 00:00:00");
          });

      fixture.startSink();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  fixture
                      .query(
                          "SELECT to_regclass('public.ev_y2026m05') IS NOT NULL AND EXISTS (SELECT FROM arc.purge_hold)")
                      .equals(List.of("t")));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> fixture.query("SELECT note FROM ev_y2026m05").equals(List.of("goes on")));

      assertThat(fixture.query("SELECT reason FROM arc.purge_hold WHERE released_at IS NULL"))
          .singleElement()
          .asString()
          .contains("\"public\".\"ev\"", "RENAME TO", "drop nothing");

      fixture.run("ALTER VIEW ev RENAME TO theirs");
      fixture.awaitApplied();
      assertThat(fixture.query("SELECT note FROM ev")).containsExactly("waits");
    }
  }
}
