package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.model.topic.AlarmRecord;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What capture tells of is in the archive once, and holds until a person has looked. */
class AlarmsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KEPT = "SELECT kind, table_name, hot_lsn FROM arc.alarm ORDER BY id";
  private static final String HELD =
      """
      SELECT h.scope, a.hot_lsn FROM arc.purge_hold h JOIN arc.alarm a ON h.held_by = 'alarm ' || a.id
      WHERE h.released_at IS NULL ORDER BY h.id
      """;

  private SinkFixture fixture;
  private TestCapture capture;

  @BeforeEach
  void aTableIsArchived() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void a_truncate_is_kept_once_and_holds_its_table_until_a_person_has_looked() throws Exception {
    SinkService sink = fixture.startSink();
    fixture.startSinkOfAnotherGroup();
    capture.commit(
        () -> {
          alarm("truncate", "public.orders", "1/A");
          alarm("truncate", "public.orders", "1/B");
          alarm("message", null, "1/C");
        });

    awaitKept(3);
    assertThat(fixture.query(KEPT))
        .containsExactly(
            "truncate|public.orders|1/A", "truncate|public.orders|1/B", "message|~|1/C");
    assertThat(fixture.query(HELD)).containsExactly("public.orders|1/A", "public.orders|1/B");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(metrics(sink)).containsPattern("(?m)^archive_sink_alarms_open 3.0"));
    List<Long> ids =
        fixture.query("SELECT id FROM arc.alarm ORDER BY id").stream().map(Long::valueOf).toList();
    acknowledge(ids);
    sink.close();
    fixture.startSink();
    capture.commit(() -> alarm("truncate", "public.orders", "1/D"));
    awaitKept(4);

    assertThat(fixture.query(HELD))
        .as("the first is settled and stays so, the others hold")
        .containsExactly("public.orders|1/B", "public.orders|1/D");
    assertThat(
            fixture.query("SELECT released_by FROM arc.purge_hold WHERE released_at IS NOT NULL"))
        .containsExactly("ann");
    assertThat(fixture.query("SELECT reason FROM arc.purge_hold WHERE released_at IS NULL").get(0))
        .endsWith("'./archive alarms ack " + ids.get(1) + " --by NAME --reason TEXT'.");
  }

  @Test
  void what_capture_holds_itself_is_kept_and_not_held_twice() throws Exception {
    fixture.startSink();

    capture.commit(
        () -> {
          alarm("parked", "public.orders", "1/A");
          alarm("held", "public.orders", "0/0");
          alarm("unknown-table", "public.other", "1/B");
          capture.alarm("no alarm".getBytes(java.nio.charset.StandardCharsets.UTF_8));
          alarm("of a later version", "public.orders", "1/C");
        });

    awaitKept(5);
    assertThat(fixture.query(HELD)).containsExactly("public.orders|1/C");
    assertThat(fixture.query("SELECT detail FROM arc.alarm WHERE kind = 'unreadable'"))
        .singleElement()
        .asString()
        .startsWith("The record at offset 3 of the alarms topic cannot be read");
  }

  @Test
  void alarms_at_offsets_that_were_given_out_before_are_kept_too() throws Exception {
    try (SinkService sink = fixture.startSink()) {
      capture.commit(() -> alarm("truncate", "public.orders", "1/A"));
      capture.commit(() -> alarm("truncate", "public.orders", "1/B"));
      awaitKept(2);
      assertThat(sink.state().ready()).isTrue();
    }

    // As if the log had lost both, and what stands there now had been written since.
    fixture.run("UPDATE arc.alarm SET record_digest = sha256(record_digest)");
    try (SinkService sink = fixture.startSink()) {
      awaitKept(4);
      assertThat(sink.state().ready()).isTrue();
    }
    // As if the log did not reach as far any more.
    fixture.run("UPDATE arc.alarm SET \"offset\" = \"offset\" + 100 WHERE id > 2");
    fixture.startSink();

    awaitKept(6);
  }

  private void alarm(String kind, @Nullable String table, String lsn) {
    capture.alarm(
        new AlarmRecord(kind, table, "Something happened.", 1, lsn, 731, 1_000_000, null).value());
  }

  private void awaitKept(int alarms) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(fixture.query(KEPT)).hasSize(alarms));
  }

  private void acknowledge(List<Long> ids) throws Exception {
    try (Connection archive = fixture.settings().archive().purger().connect("test")) {
      AlarmTable alarms = new AlarmTable(archive, fixture.settings().prefix());
      assertThat(alarms.acknowledge(ids.get(0), "ann", "intended")).isTrue();
      assertThat(alarms.acknowledge(ids.get(0), "ben", "again")).isFalse();
      assertThat(alarms.list(false)).extracting(AlarmTable.Alarm::id).isEqualTo(ids.subList(1, 3));
    }
  }

  private static String metrics(SinkService sink) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sink.healthPort() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
