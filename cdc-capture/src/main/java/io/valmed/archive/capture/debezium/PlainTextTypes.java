package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.PostgresType;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import org.jspecify.annotations.Nullable;

/**
 * Tells the decoder that every type is {@code text}, so that it hands on what hot's output
 * functions wrote, unread. Its typed readers lose information: infinity, NaN, scale, BC years,
 * multidimensional arrays. See docs/adr/0012.
 */
final class PlainTextTypes extends TypeRegistry {
  private static final int TEXT_OID = 25;

  private final @Nullable PostgresType text;

  PlainTextTypes(PostgresConnection connection) {
    super(connection);
    this.text = super.get(TEXT_OID);
  }

  @Override
  public PostgresType get(int oid) {
    // The superclass asks while it is being made.
    return text == null ? super.get(oid) : text;
  }

  @Override
  public PostgresType get(@Nullable String name) {
    return text == null ? super.get(name) : text;
  }

  @Override
  public PostgresType get(@Nullable String schema, @Nullable String name) {
    return text == null ? super.get(schema, name) : text;
  }
}
