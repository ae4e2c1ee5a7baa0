package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.change.DepartureCause;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QuarantineTest {
  private static final String CANARY = "Hedwig-Courage-7";
  private static SinkFixture fixture;
  private static TestCapture capture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
    fixture.startSink();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void a_value_that_the_archive_refuses_is_set_aside_and_the_rest_applied() throws Exception {
    capture.commit(
        () -> {
          for (int i = 100; i < 150; i++) {
            capture.create(ORDERS_V1, String.valueOf(i), "good", null);
          }
          capture.update(ORDERS_V1, "120", CANARY, "no timestamp: " + CANARY);
          capture.depart(ORDERS_V1, DepartureCause.DELETED, "121", "good", "neither: " + CANARY);
          capture.update(ORDERS_V1, "122", "zero \u0000 character", null);
          capture.update(ORDERS_V1, "123", "half a pair \uD83D", null);
        });

    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT count(*) FROM orders WHERE note = 'good' AND id BETWEEN 100 AND 149"))
        .containsExactly("50");
    assertThat(
            fixture.query(
                """
                SELECT table_name, sqlstate, headers ->> 'arc.version', key_digest = sha256(convert_to('{"id":"' || k || '"}', 'UTF8')), resolved_at
                FROM arc.quarantine JOIN generate_series(120, 122) k ON position('"' || k || '"' IN convert_from(record_key, 'UTF8')) > 0
                ORDER BY k
                """))
        .containsExactly(
            "public.orders|22007|1|t|~", "public.orders|22007|1|t|~", "public.orders|22021|1|t|~");
    assertThat(fixture.query("SELECT reason FROM arc.quarantine").toString())
        .doesNotContain(CANARY);
  }

  @Test
  void a_later_good_change_of_a_quarantined_key_is_applied() throws Exception {
    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "200", "first", null);
          capture.update(ORDERS_V1, "200", "poison", "x");
          capture.update(ORDERS_V1, "200", "last", null);
          capture.create(ORDERS_V1, "201", "before", null);
          capture.update(ORDERS_V1, "201", "poison", "x");
        });

    fixture.awaitApplied();

    assertThat(fixture.query("SELECT id, note FROM orders WHERE id IN (200, 201) ORDER BY id"))
        .containsExactly("200|last", "201|before");
  }

  @Test
  void what_cannot_be_read_is_set_aside_with_its_bytes() throws Exception {
    byte[] key = capture.rowKey(ORDERS_V1, "300", null, null);
    capture.commit(
        () -> {
          capture.raw(
              ORDERS_V1, key, key, ("{\"op\":\"" + CANARY).getBytes(StandardCharsets.UTF_8));
          capture.create(ORDERS_V1, "301", "__debezium_unavailable_value", null);
          capture.create(ORDERS_V1, "302", "good", null);
        });

    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT sqlstate, convert_from(record_value, 'UTF8') FROM arc.quarantine WHERE record_key = convert_to('{\"id\":\"300\"}', 'UTF8')"))
        .containsExactly("~|{\"op\":\"" + CANARY);
    assertThat(
            fixture.query(
                "SELECT reason FROM arc.quarantine WHERE record_key = convert_to('{\"id\":\"301\"}', 'UTF8')"))
        .containsExactly(
            "column note holds the placeholder of an unchanged TOAST value, not a value");
    assertThat(fixture.query("SELECT id FROM orders WHERE id BETWEEN 300 AND 302"))
        .containsExactly("302");
  }

  @Test
  void no_value_is_ever_logged() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      capture.commit(() -> capture.create(ORDERS_V1, "400", CANARY, CANARY));
      fixture.awaitApplied();
    } finally {
      System.setOut(before);
    }

    assertThat(written.toString(StandardCharsets.UTF_8)).doesNotContain(CANARY);
  }
}
