package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

class ReplicationSlotTest {
  private static final TestDatabase ARCHIVE = TestDatabase.archive();

  @Test
  void undo_drops_the_slot_and_refuses_while_it_is_read() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    List<String> before = CatalogText.of(hot);
    Settings settings = TestSettings.of(hot, ARCHIVE, TestSettings.valmed());
    HotProvisioning provisioning = new HotProvisioning(settings);
    provisioning.apply();
    String slot = settings.capture().slot();
    hot.run("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
    List<String> provisioned = CatalogText.of(hot);
    try (Connection reader = replication(settings);
        PGReplicationStream stream = read(reader, settings, slot)) {
      assertThat(stream.isClosed()).isFalse();

      assertThatThrownBy(provisioning::undo)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("the reader")
          .hasMessageContaining(settings.hot().capture().user())
          .hasMessageContaining("stop capture");
    }
    assertThat(CatalogText.difference(provisioned, CatalogText.of(hot))).isEmpty();
    await()
        .until(
            () ->
                hot.list("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                    .equals(List.of("f")));

    provisioning.undo();

    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  @Test
  void undo_removes_slots_of_former_names_and_tells_of_one_that_is_read() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    Settings settings = TestSettings.of(hot, ARCHIVE, TestSettings.valmed());
    new HotProvisioning(settings).apply();
    String slot = settings.capture().slot();
    for (String name : List.of(slot, slot + "_was", slot + "_read", slot + "_theirs")) {
      hot.run("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(name));
    }
    hot.run(
        "INSERT INTO arc.provisioned (kind, name, undo, prefix) SELECT 'slot', '%s' || n, 'SELECT', 'test' FROM unnest('{_was,_read,_gone}'::text[]) AS n"
            .formatted(slot));
    // The file names another slot by now.
    Settings renamed = named("test", slot + "_new", settings);
    String left = "SELECT slot_name FROM pg_replication_slots WHERE slot_name ^@ '%s' ORDER BY 1";
    try (Connection reader = replication(settings);
        PGReplicationStream stream = read(reader, settings, slot + "_read")) {
      assertThat(stream.isClosed()).isFalse();
      List<PlannedStep> planned = new HotProvisioning(renamed).planUndo();

      List<PlannedStep> undone = new HotProvisioning(renamed).undo();

      assertThat(undone)
          .filteredOn(step -> step.kind().equals("slot"))
          .extracting(step -> step.name() + (step.note() == null ? "" : " kept"))
          .containsExactly(slot, slot + "_read kept", slot + "_was");
      assertThat(undone.toString()).contains("the reader").doesNotContain("_theirs");
      assertThat(planned).hasSameSizeAs(undone);
    }
    assertThat(hot.list(left.formatted(slot))).containsExactly(slot + "_read", slot + "_theirs");
    assertThat(hot.list("SELECT name FROM arc.provisioned")).containsExactly(slot + "_read");
    await()
        .until(
            () ->
                hot.list(
                        "SELECT active FROM pg_replication_slots WHERE slot_name = '%s_read'"
                            .formatted(slot))
                    .equals(List.of("f")));
    new HotProvisioning(renamed).undo();
    assertThat(hot.list(left.formatted(slot))).containsExactly(slot + "_theirs");
    assertThat(hot.list("SELECT name FROM arc.provisioned")).isEmpty();
    hot.run("SELECT pg_drop_replication_slot('%s_theirs')".formatted(slot));
  }

  @Test
  void the_slot_of_a_former_prefix_is_named_and_removed_by_its_own_undo() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    List<String> before = CatalogText.of(hot);
    Settings former = TestSettings.of(hot, ARCHIVE, TestSettings.valmed());
    new HotProvisioning(former).apply();
    String slot = former.capture().slot();
    hot.run("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
    Settings now = named("now", slot + "_now", former);

    assertThat(new HotProvisioning(now).planUndo())
        .extracting(PlannedStep::toString)
        .anyMatch(
            line ->
                line.contains(slot)
                    && line.contains("kept")
                    && line.contains("provision hot --undo --prefix test"));
    assertThat(new HotProvisioning(now).undo()).extracting(PlannedStep::name).containsExactly(slot);
    assertThat(hot.list("SELECT slot_name FROM pg_replication_slots")).contains(slot);

    new HotProvisioning(named("test", slot + "_now", now)).undo();

    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  /** Another prefix and slot. */
  private static Settings named(String prefix, String slot, Settings one) {
    CaptureSettings capture = one.capture();
    return new Settings(
        prefix,
        one.hot(),
        one.archive(),
        one.kafka(),
        one.policy(),
        new CaptureSettings(
            slot,
            capture.publication() + prefix,
            capture.heartbeatEvery(),
            capture.transactionRecords(),
            capture.transactionTime(),
            capture.health()),
        one.sink(),
        one.purge());
  }

  private static Connection replication(Settings settings) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.hot().capture().user());
    properties.setProperty("password", settings.hot().capture().password());
    properties.setProperty("ApplicationName", "the reader");
    properties.setProperty("replication", "database");
    properties.setProperty("assumeMinServerVersion", "15");
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(settings.hot().capture().url(), properties);
  }

  private static PGReplicationStream read(Connection connection, Settings settings, String slot)
      throws SQLException {
    return connection
        .unwrap(PGConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(slot)
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", settings.capture().publication())
        .start();
  }
}
