package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that changes so that the archive cannot follow stops alone. */
class StoppedTableTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HELD =
      "SELECT scope, reason FROM arc.purge_hold WHERE released_at IS NULL";
  private static final String DOSES = "SELECT d::text FROM \"Ward \"\"7\"\"\".\"Dose.s\" d";
  private static final TableSchema RETYPED =
      TestTables.version(
          2, DOSES_V1.table(), DOSES_V1.key(), "no integer", "Drug \"x\" text", "ml boolean");
  private static final TableSchema REKEYED =
      TestTables.version(
          2, DOSES_V1.table(), List.of("no"), "no integer", "Drug \"x\" text", "ml numeric");

  private SinkFixture fixture;
  private TestCapture capture;
  private SinkService sink;

  @BeforeEach
  void twoTablesAreArchived() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(
        () -> {
          capture.version(ORDERS_V1);
          capture.version(DOSES_V1);
          capture.create(ORDERS_V1, "1", "first", null);
          capture.create(DOSES_V1, "1", "aspirin", "1.50");
          capture.create(DOSES_V1, "2", "aspirin", null);
          capture.depart(DOSES_V1, DepartureCause.DELETED, "3", "aspirin", "7");
        });
    sink = fixture.startSink();
    fixture.awaitApplied();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void a_column_of_another_type_stops_its_table_until_the_archives_column_takes_it()
      throws Exception {
    capture.commit(
        () -> {
          capture.version(RETYPED);
          capture.update(RETYPED, "1", "aspirin", "t");
          capture.create(ORDERS_V1, "2", "goes on", null);
        });
    awaitRow("SELECT note FROM orders WHERE id = 2", "goes on");

    assertThat(fixture.query(DOSES)).hasSize(2).noneMatch(row -> row.contains("t,2"));
    assertThat(fixture.query(HELD))
        .singleElement()
        .asString()
        .startsWith("\"Ward \"\"7\"\"\".\"Dose.s\"|Column ml of ")
        .contains("SELECT arc.retype_column('Ward \"7\"', 'Dose.s', 'ml')");
    assertThat(sink.state().ready()).isTrue();
    assertThat(get("/health/ready")).contains("is running").contains("Column ml of ");
    assertThat(get("/metrics")).containsPattern("(?m)^archive_sink_stopped_tables 1.0");

    fixture.run("SELECT arc.retype_column('Ward \"7\"', 'Dose.s', 'ml')");
    fixture.awaitApplied();

    assertThat(
            fixture.query("SELECT ml FROM (" + DOSES.replace("d::text", "*") + ") d ORDER BY no"))
        .containsExactly("t", "~");
    await().atMost(PATIENCE).until(() -> fixture.query(HELD).isEmpty());
    assertThat(get("/metrics")).containsPattern("(?m)^archive_sink_stopped_tables 0.0");
  }

  @Test
  void a_table_whose_key_changed_waits_until_it_is_set_aside_and_keeps_every_row()
      throws Exception {
    capture.commit(
        () -> {
          capture.version(REKEYED);
          capture.create(REKEYED, "1", "other", "2");
          capture.create(ORDERS_V1, "2", "goes on", null);
        });
    awaitRow("SELECT note FROM orders WHERE id = 2", "goes on");
    assertThat(fixture.query(HELD).toString()).contains("arc.set_aside_table(");

    fixture.run("SELECT arc.set_aside_table('Ward \"7\"', 'Dose.s')");
    fixture.awaitApplied();
    // Of the table that is gone: from a partition that lags behind.
    capture.commit(() -> capture.update(DOSES_V1, "2", "aspirin", "late"));
    fixture.awaitApplied();

    assertThat(fixture.query("SELECT no, ml, arc_cause FROM arc_aside_1.\"Dose.s\" ORDER BY no"))
        .containsExactly("1|1.50|unseen", "2|~|unseen", "3|7|deleted");
    assertThat(fixture.query(DOSES)).singleElement().asString().startsWith("(1,other,2,2,");
    assertThat(fixture.query("SELECT reason FROM arc.quarantine"))
        .containsExactly("version 1 of the table was set aside before this record came");
    await().atMost(PATIENCE).until(() -> fixture.query(HELD).isEmpty());
  }

  @Test
  void a_table_that_waits_still_waits_after_a_restart_and_holds_set_by_others_stay()
      throws Exception {
    fixture.run("INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'dba')");
    capture.commit(
        () -> {
          capture.version(RETYPED);
          capture.update(RETYPED, "1", "aspirin", "t");
        });
    await().atMost(PATIENCE).until(() -> fixture.query(HELD).size() == 2);
    sink.close();

    sink = fixture.startSink();
    capture.commit(() -> capture.create(ORDERS_V1, "2", "goes on", null));
    awaitRow("SELECT note FROM orders WHERE id = 2", "goes on");

    assertThat(fixture.query(HELD)).hasSize(2);
    assertThat(fixture.query(DOSES)).hasSize(2).noneMatch(row -> row.contains("t,2"));
  }

  @Test
  void a_table_whose_cold_store_is_gone_stops_alone_and_goes_on_when_it_is_back() throws Exception {
    fixture.run("ALTER TABLE \"Ward \"\"7\"\"_cold\".\"Dose.s\" RENAME TO away");
    capture.commit(
        () -> {
          capture.update(DOSES_V1, "1", "aspirin", "9");
          capture.depart(DOSES_V1, DepartureCause.PURGED, "2", "aspirin", null);
          capture.create(ORDERS_V1, "2", "goes on", null);
        });
    awaitRow("SELECT note FROM orders WHERE id = 2", "goes on");

    await().atMost(PATIENCE).until(() -> fixture.query(HELD).size() == 1);
    assertThat(fixture.query(HELD))
        .singleElement()
        .asString()
        .startsWith("\"Ward \"\"7\"\"\".\"Dose.s\"|The archive refuses changes of ")
        .contains("drop nothing");
    assertThat(sink.state().ready()).isTrue();
    assertThat(fixture.query(DOSES)).hasSize(2);

    fixture.run("ALTER TABLE \"Ward \"\"7\"\"_cold\".away RENAME TO \"Dose.s\"");
    fixture.awaitApplied();

    assertThat(fixture.query(DOSES)).singleElement().asString().contains("aspirin,9");
    await().atMost(PATIENCE).until(() -> fixture.query(HELD).isEmpty());
  }

  private void awaitRow(String sql, String row) {
    await().atMost(PATIENCE).until(() -> fixture.query(sql).equals(List.of(row)));
  }

  private String get(String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + sink.healthPort() + path);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }
}
