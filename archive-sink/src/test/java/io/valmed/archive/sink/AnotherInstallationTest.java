package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sink applies nothing where topics and archive are not of one installation. */
class AnotherInstallationTest {
  private SinkFixture fixture;

  @BeforeEach
  void topics_with_a_row() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
  }

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private void captured(Installed whose) {
    TestCapture capture = fixture.capture();
    capture.commit(
        () -> {
          capture.installed(whose);
          capture.epoch(new Epoch(1, "7311", 1, true, Positions.NONE));
          capture.version(ORDERS_V1);
          capture.create(ORDERS_V1, "1", "of another", null);
        });
  }

  private Installed own() throws Exception {
    String[] row =
        fixture
            .query("SELECT installation, archive, system_identifier FROM arc.installation")
            .get(0)
            .split("\\|");
    return new Installed(
        fixture.settings().prefix(),
        UUID.fromString(row[0]),
        UUID.fromString(row[1]),
        row[2],
        1,
        "hot");
  }

  private void nothingIsWritten() throws Exception {
    assertThat(
            fixture.query(
                "SELECT to_regclass('public.orders') IS NULL, (SELECT count(*) FROM arc.epoch), (SELECT count(*) FROM arc.sink_position), (SELECT count(*) FROM arc.table_claim)"))
        .containsExactly("t|0|0|0");
  }

  @Test
  void topics_of_another_installation_are_not_applied() throws Exception {
    Installed own = own();
    captured(
        new Installed(
            own.prefix(), UUID.randomUUID(), own.archive(), own.systemId(), 2, "other_hot"));

    assertThat(SinkFixture.awaitFailure(fixture.startSink()))
        .contains("hold the history of hot database other_hot");
    nothingIsWritten();
  }

  @Test
  void topics_for_another_archive_are_not_applied() throws Exception {
    Installed own = own();
    captured(
        new Installed(
            own.prefix(), own.installation(), UUID.randomUUID(), own.systemId(), 1, "hot"));

    assertThat(SinkFixture.awaitFailure(fixture.startSink())).contains("are for archive");
    nothingIsWritten();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "arc.archive_identity SET database_oid = 1            | leads to a copy of it",
        "arc.archive_identity SET system_identifier = '1'     | leads to a copy of it",
        "arc.archive_identity SET archive = gen_random_uuid() | does not know installation",
        "arc.installation SET prefix = 'another'              | does not know installation",
      })
  void another_archive_is_refused_before_anything_is_written(String change, String sentence)
      throws Exception {
    captured(own());
    fixture.run("UPDATE " + change);

    assertThat(SinkFixture.awaitFailure(fixture.startSink())).contains(sentence);
    nothingIsWritten();
  }

  @Test
  void a_mirror_of_another_installation_is_left_alone() throws Exception {
    captured(own());
    fixture.run(
        "INSERT INTO arc.table_claim (schema_name, table_name, prefix) VALUES ('public', 'orders', 'another')");

    SinkService sink = fixture.startSink();
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(60))
        .until(
            () ->
                sink.state().ended()
                    || !fixture
                        .query("SELECT 1 FROM arc.purge_hold WHERE scope = 'public.orders'")
                        .isEmpty());
    assertThat(fixture.query("SELECT to_regclass('public.orders') IS NULL")).containsExactly("t");
  }
}
