package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.sink.quarantine.QuarantinedRecord;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import io.valmed.archive.sink.quarantine.RetryOutcome.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One archive in which amounts are numbers until its owner makes them text. */
@TestMethodOrder(OrderAnnotation.class)
class QuarantineRetryTest {
  private static final String CANARY = "Hedwig-Courage-7";
  private static final String DOSES = "\"Ward \"\"7\"\"\".\"Dose.s\"";
  private static final String COLD = "\"Ward \"\"7\"\"_cold\".\"Dose.s\"";
  private static SinkFixture fixture;
  private static TestCapture capture;
  private static SinkService sink;
  private static QuarantineService quarantine;

  @BeforeAll
  static void poisonFiveRows() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    quarantine = new QuarantineService(fixture.settings());
    capture.commit(
        () -> {
          capture.version(DOSES_V1);
          for (int i = 1; i <= 5; i++) {
            capture.create(DOSES_V1, String.valueOf(i), "aspirin", "1");
          }
        });
    sink = fixture.startSink();
    fixture.awaitApplied();
    capture.commit(
        () -> {
          capture.update(DOSES_V1, "1", "aspirin", CANARY);
          capture.update(DOSES_V1, "2", "aspirin", CANARY);
          capture.depart(DOSES_V1, DepartureCause.DELETED, "3", "aspirin", CANARY);
          capture.update(DOSES_V1, "4", "aspirin", CANARY);
          capture.depart(DOSES_V1, DepartureCause.DELETED, "5", "aspirin", CANARY);
        });
    fixture.awaitApplied();
    capture.commit(
        () -> {
          capture.update(DOSES_V1, "2", "aspirin", "2");
          capture.depart(DOSES_V1, DepartureCause.DELETED, "4", "aspirin", "4");
          capture.create(DOSES_V1, "5", "aspirin", "6");
        });
    fixture.awaitApplied();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  @Order(1)
  void the_list_tells_all_but_the_values() throws Exception {
    List<QuarantinedRecord> open = quarantine.list(false);

    assertThat(open)
        .hasSize(5)
        .allSatisfy(
            record -> {
              assertThat(record.table()).isEqualTo(DOSES_V1.table().toString());
              assertThat(record.place()).matches(".*Dose\\.s/[0-2]/[0-9]+|.*/[0-2]/[0-9]+");
              assertThat(record.keyDigest()).matches("[0-9a-f]{64}");
              assertThat(record.sqlState()).isEqualTo("22P02");
              assertThat(record.toString()).doesNotContain(CANARY).doesNotContain("aspirin");
              assertThat(quarantine.find(record.id())).contains(record);
            });
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(metrics())
                    .containsPattern("(?m)^archive_sink_quarantine_open\\{table=.*Dose.* 5.0"));
  }

  @Test
  @Order(2)
  void a_retry_that_is_refused_again_says_why_and_changes_nothing() throws Exception {
    List<String> before = fixture.query("SELECT d::text FROM " + DOSES + " d ORDER BY no");

    RetryOutcome outcome = quarantine.retry(ofRow(1));

    assertThat(outcome.kind()).isEqualTo(Kind.STAYS);
    assertThat(outcome.sentence())
        .startsWith("it was refused again: ")
        .contains("22P02")
        .doesNotContain(CANARY);
    assertThat(fixture.query("SELECT d::text FROM " + DOSES + " d ORDER BY no")).isEqualTo(before);
    assertThat(quarantine.list(false)).hasSize(5);
  }

  @Test
  @Order(3)
  void what_the_archive_takes_by_now_is_applied_unless_something_newer_stands_there()
      throws Exception {
    fixture.run("SELECT arc.retype_column('Ward \"7\"', 'Dose.s', 'ml')");
    long departed = ofRow(5);

    assertThat(quarantine.retry(ofRow(1)).kind()).isEqualTo(Kind.APPLIED);
    assertThat(quarantine.retry(ofRow(2)).kind()).isEqualTo(Kind.SUPERSEDED);
    assertThat(quarantine.retry(ofRow(3)).kind()).isEqualTo(Kind.APPLIED);
    assertThat(quarantine.retry(ofRow(4)).kind()).isEqualTo(Kind.SUPERSEDED);
    assertThat(quarantine.retry(departed).kind()).isEqualTo(Kind.APPLIED);
    assertThat(quarantine.retry(departed).sentence()).contains("no open record");

    assertThat(fixture.query("SELECT d.no, d.ml FROM " + DOSES + " d ORDER BY 1"))
        .containsExactly("1|" + CANARY, "2|2", "5|6");
    assertThat(fixture.query("SELECT no, ml, arc_cause FROM " + COLD + " ORDER BY no, arc_lsn"))
        .containsExactly(
            "3|" + CANARY + "|deleted", "4|4|deleted", "5|" + CANARY + "|deleted", "5|1|unseen");
    assertThat(quarantine.list(false)).isEmpty();
    assertThat(quarantine.list(true))
        .hasSize(5)
        .allMatch(record -> record.resolvedAt() != null && record.resolution() != null);
    capture.commit(() -> capture.update(DOSES_V1, "1", "aspirin", "8"));
    fixture.awaitApplied();
    assertThat(fixture.query("SELECT ml FROM " + DOSES + " WHERE no = 1")).containsExactly("8");
  }

  /** The number of the record about the row with that key. */
  private static long ofRow(int no) throws Exception {
    return Long.parseLong(
        fixture
            .query(
                "SELECT min(id) FROM arc.quarantine WHERE resolved_at IS NULL AND key_digest = sha256(convert_to('{\"Drug \\\"x\\\"\":\"aspirin\",\"no\":\""
                    + no
                    + "\"}', 'UTF8'))")
            .get(0));
  }

  private static String metrics() throws Exception {
    URI address = URI.create("http://127.0.0.1:" + sink.healthPort() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
