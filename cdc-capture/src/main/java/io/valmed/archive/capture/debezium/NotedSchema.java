package io.valmed.archive.capture.debezium;

import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchema;

/**
 * Stands before the connector's schema for the decoder alone, and notes which relation each
 * description was made for. The decoder asks for and tells nothing else than what is here.
 */
final class NotedSchema extends PostgresSchema {
  private final PostgresSchema schema;
  private final Relations relations;

  @SuppressWarnings("NullAway") // what would build schemas here is never asked to
  NotedSchema(
      CdcSourceTaskContext<PostgresConnectorConfig> context,
      PostgresSchema schema,
      Relations relations) {
    super(context, null, null, null, null);
    this.schema = schema;
    this.relations = relations;
  }

  @Override
  public void applySchemaChangesForTable(int relationId, Table table) {
    schema.applySchemaChangesForTable(relationId, table);
    TableSchema made = schema.schemaFor(table.id());
    if (made != null) {
      relations.note(made.getEnvelopeSchema().schema(), Integer.toUnsignedLong(relationId));
    }
  }

  @Override
  public Table tableFor(int relationId) {
    return schema.tableFor(relationId);
  }

  @Override
  public Table tableFor(TableId id) {
    return schema.tableFor(id);
  }

  @Override
  public TableSchema schemaFor(TableId id) {
    return schema.schemaFor(id);
  }
}
