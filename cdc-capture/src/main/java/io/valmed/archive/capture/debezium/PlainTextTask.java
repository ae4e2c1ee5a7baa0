package io.valmed.archive.capture.debezium;

import io.debezium.config.Configuration;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The connector's task, with values left as text and relations noted. */
final class PlainTextTask extends PostgresConnectorTask {
  private static final Duration STATUS_EVERY = Duration.ofSeconds(5);

  private final Relations relations;
  private @Nullable CdcSourceTaskContext<PostgresConnectorConfig> shared;

  PlainTextTask(Relations relations) {
    this.relations = relations;
  }

  @Override
  public CdcSourceTaskContext<PostgresConnectorConfig> preStart(Configuration config) {
    CdcSourceTaskContext<PostgresConnectorConfig> made = super.preStart(config);
    shared = made;
    return made;
  }

  @Override
  protected ReplicationConnection buildReplicationConnection(
      PostgresConnection connection, PostgresSchema schema, PostgresConnectorConfig config)
      throws SQLException {
    return ReplicationConnection.builder(config)
        .withSlot(config.slotName())
        .withPublication(config.publicationName())
        .withTableFilter(config.getTableFilters())
        .withPublicationAutocreateMode(PostgresConnectorConfig.AutoCreateMode.DISABLED)
        .withPlugin(config.plugin())
        .dropSlotOnClose(false)
        .statusUpdateInterval(STATUS_EVERY)
        .withTypeRegistry(new PlainTextTypes(connection))
        .withSchema(noted(schema))
        .jdbcMetadataConnection(connection)
        .build();
  }

  private PostgresSchema noted(PostgresSchema schema) {
    return new NotedSchema(Objects.requireNonNull(shared, "not started"), schema, relations);
  }
}
