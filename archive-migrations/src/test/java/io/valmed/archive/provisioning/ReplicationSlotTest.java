package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.runtime.StopException;
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
        PGReplicationStream stream = read(reader, settings)) {
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

  private static PGReplicationStream read(Connection connection, Settings settings)
      throws SQLException {
    return connection
        .unwrap(PGConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(settings.capture().slot())
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", settings.capture().publication())
        .start();
  }
}
