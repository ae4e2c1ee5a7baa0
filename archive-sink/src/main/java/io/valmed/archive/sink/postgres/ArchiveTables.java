package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Policy;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Mirrors and cold stores as the versions of their tables have made them. */
final class ArchiveTables {
  private static final String READ =
      """
      SELECT v.schema_name, v.table_name, v.version, c.column ->> 'name', c.column ->> 'type'
      FROM arc.table_version v CROSS JOIN jsonb_array_elements(v.columns) WITH ORDINALITY AS c("column", n)
      ORDER BY 1, 2, 3, c.n
      """;
  private static final String ENSURE_TABLE = "SELECT arc.ensure_table(?, ?, ?, ?, ?, ?)";
  private static final String ENSURE_COLUMN = "SELECT arc.ensure_column(?, ?, ?, ?, ?)";
  private static final String NOTE =
      """
      INSERT INTO arc.table_version (schema_name, table_name, version, columns)
      SELECT ?, ?, ?, jsonb_agg(jsonb_build_object('name', c.name, 'type', c.type, 'fill', c.fill) ORDER BY c.n)
      FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS c(name, type, fill, n)
      ON CONFLICT DO NOTHING
      """;

  private final Connection ddl;
  private final Policy policy;
  private final Map<TableId, Set<Integer>> versions = new HashMap<>();
  private final Map<TableId, Map<String, String>> columns = new HashMap<>();

  /**
   * @param ddl a connection in auto-commit mode, not the one that merges
   */
  ArchiveTables(Connection ddl, Policy policy) {
    this.ddl = ddl;
    this.policy = policy;
  }

  /** Reads which versions the archive has. */
  void read() throws SQLException {
    versions.clear();
    columns.clear();
    try (Statement statement = ddl.createStatement();
        ResultSet rows = statement.executeQuery(READ)) {
      while (rows.next()) {
        TableId table = new TableId(rows.getString(1), rows.getString(2));
        note(table, rows.getInt(3), rows.getString(4), rows.getString(5));
      }
    }
  }

  /** See {@link io.valmed.archive.sink.Archive#ensureVersion}. */
  void ensure(TableSchema schema) throws SQLException {
    TableId table = schema.table();
    if (versions.getOrDefault(table, Set.of()).contains(schema.version())) {
      return;
    }
    ddl.setAutoCommit(false);
    try {
      if (columns.containsKey(table)) {
        widen(schema);
      } else {
        create(schema);
      }
      insert(schema);
      ddl.commit();
    } catch (SQLException | RuntimeException e) {
      ddl.rollback();
      throw e;
    } finally {
      ddl.setAutoCommit(true);
    }
    for (ColumnSchema column : schema.columns()) {
      note(table, schema.version(), column.name(), column.type());
    }
  }

  /** Name and type of every column that the archive's tables have of the hot one. */
  Map<String, String> columns(TableId table) {
    return columns.getOrDefault(table, Map.of());
  }

  private void create(TableSchema schema) throws SQLException {
    try (PreparedStatement statement = ddl.prepareStatement(ENSURE_TABLE)) {
      statement.setString(1, schema.table().schema());
      statement.setString(2, schema.table().name());
      array(statement, 3, schema.columnNames());
      array(statement, 4, schema.columns().stream().map(ColumnSchema::type).toList());
      array(statement, 5, schema.key());
      statement.setBoolean(6, age(schema.table()) != null);
      statement.execute();
    }
  }

  private void widen(TableSchema schema) throws SQLException {
    Map<String, String> there = columns(schema.table());
    for (ColumnSchema column : schema.columns()) {
      String type = there.get(column.name());
      if (type == null) {
        add(schema.table(), column);
      } else if (!type.equals(column.type())) {
        throw new StopException(
            "Column %s of %s is %s in version %d, and %s in the archive. Nothing of that version has been applied; purge of the table waits. Copy the archive's column aside and drop it, or undo the change in hot."
                .formatted(column.name(), schema.table(), column.type(), schema.version(), type));
      }
    }
  }

  private void add(TableId table, ColumnSchema column) throws SQLException {
    try (PreparedStatement statement = ddl.prepareStatement(ENSURE_COLUMN)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      statement.setString(3, column.name());
      statement.setString(4, column.type());
      statement.setString(5, column.fill());
      statement.execute();
    }
  }

  private void insert(TableSchema schema) throws SQLException {
    try (PreparedStatement statement = ddl.prepareStatement(NOTE)) {
      statement.setString(1, schema.table().schema());
      statement.setString(2, schema.table().name());
      statement.setInt(3, schema.version());
      array(statement, 4, schema.columnNames());
      array(statement, 5, field(schema, ColumnSchema::type));
      array(statement, 6, field(schema, ColumnSchema::fill));
      statement.executeUpdate();
    }
  }

  private static List<@Nullable String> field(
      TableSchema schema, Function<ColumnSchema, @Nullable String> field) {
    return schema.columns().stream().<@Nullable String>map(field).toList();
  }

  private void array(
      PreparedStatement statement, int parameter, List<? extends @Nullable String> of)
      throws SQLException {
    statement.setArray(parameter, ddl.createArrayOf("text", of.toArray()));
  }

  private @Nullable String age(TableId table) {
    return policy.find(table).map(PolicyTable::age).orElse(null);
  }

  private void note(TableId table, int version, String column, String type) {
    versions.computeIfAbsent(table, t -> new HashSet<>()).add(version);
    columns.computeIfAbsent(table, t -> new LinkedHashMap<>()).put(column, type);
  }
}
