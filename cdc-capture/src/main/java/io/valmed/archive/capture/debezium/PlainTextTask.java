package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import java.sql.SQLException;
import java.time.Duration;

/** The connector's task, with values left as text. */
final class PlainTextTask extends PostgresConnectorTask {
  private static final Duration STATUS_EVERY = Duration.ofSeconds(5);

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
        .withSchema(schema)
        .jdbcMetadataConnection(connection)
        .build();
  }
}
