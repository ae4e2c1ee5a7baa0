package io.valmed.archive.model;

import java.util.Objects;

/**
 * A table's schema and name, as PostgreSQL's catalog stores them (no quotes, case kept).
 *
 * @param schema the schema's name, never blank
 * @param name the table's name, never blank
 */
public record TableId(String schema, String name) implements Comparable<TableId> {

  public TableId {
    Objects.requireNonNull(schema, "schema");
    Objects.requireNonNull(name, "name");
    if (schema.isEmpty() || name.isEmpty()) {
      throw new IllegalArgumentException("a table needs a schema and a name: schema.table");
    }
  }

  /**
   * Reads {@code schema.table}, either part in double quotes where it holds a dot, a quote (written
   * twice) or capital letters that PostgreSQL should keep. Unquoted parts are folded to lower case,
   * as PostgreSQL does.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static TableId parse(String text) {
    QualifiedNameParser parser = new QualifiedNameParser(text);
    return new TableId(parser.first(), parser.second());
  }

  /** The name as SQL text, both parts quoted: {@code "public"."medication_orders"}. */
  public String sql() {
    return Sql.identifier(schema) + "." + Sql.identifier(name);
  }

  /** The table of the same name in another schema. */
  public TableId inSchema(String otherSchema) {
    return new TableId(otherSchema, name);
  }

  /** The cold store's table of this hot table: {@code public_cold.medication_orders}. */
  public TableId cold() {
    return inSchema(schema + "_cold");
  }

  @Override
  public int compareTo(TableId other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  /** The form that {@link #parse} reads back; quoted only where that is needed. */
  @Override
  public String toString() {
    return Sql.identifierIfNeeded(schema) + "." + Sql.identifierIfNeeded(name);
  }
}
