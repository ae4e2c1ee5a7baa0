package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.FailPoint.Boundary;
import io.valmed.archive.sink.apply.Archive;
import io.valmed.archive.sink.postgres.merge.ArchiveAge;
import io.valmed.archive.sink.postgres.merge.TableChange;
import io.valmed.archive.sink.postgres.merge.WholeTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Mirrors and cold stores as the versions of their tables have made them. */
public final class ArchiveTables {
  private static final String READ =
      "SELECT schema_name, table_name, version FROM arc.table_version";
  private static final String READ_ASIDE =
      "SELECT schema_name, table_name, last_version FROM arc.aside_table";
  private static final String COLUMNS =
      """
      SELECT c.column ->> 'name', c.column ->> 'type', c.column ->> 'fill'
      FROM arc.table_version v CROSS JOIN jsonb_array_elements(v.columns) WITH ORDINALITY AS c("column", n)
      WHERE v.schema_name = ? AND v.table_name = ? AND v.version = ? ORDER BY c.n
      """;
  private static final String CLAIM = "SELECT arc.claim_table(?, ?, ?)";
  private static final String ENSURE_TABLE = "SELECT arc.ensure_table(?, ?, ?, ?, ?, ?)";
  private static final String ENSURE_COLUMN = "SELECT arc.ensure_column(?, ?, ?, ?, ?)";
  private static final String NOTE =
      """
      INSERT INTO arc.table_version (schema_name, table_name, version, columns)
      SELECT ?, ?, ?, jsonb_agg(jsonb_build_object('name', c.name, 'type', c.type, 'fill', c.fill) ORDER BY c.n)
      FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS c(name, type, fill, n)
      ON CONFLICT DO NOTHING
      """;

  /** Told by every version alike: not one table's fault. */
  private static final Set<String> NOT_MIGRATED =
      Set.of(
          SqlState.INSUFFICIENT_PRIVILEGE,
          SqlState.UNDEFINED_FUNCTION,
          SqlState.UNDEFINED_TABLE,
          SqlState.INVALID_SCHEMA_NAME);

  private final Connection ddl;
  private final Owner owner;
  private final ArchiveAge ages;
  private final FailPoint failPoint;
  private final Map<TableId, Set<Integer>> versions = new HashMap<>();
  private final Set<TableId> claimed = new HashSet<>();
  private final Map<TableId, Integer> setAside = new HashMap<>();

  /**
   * @param ddl a connection in auto-commit mode, not the one that merges
   */
  public ArchiveTables(Connection ddl, Owner owner, ArchiveAge ages, FailPoint failPoint) {
    this.ddl = ddl;
    this.owner = owner;
    this.ages = ages;
    this.failPoint = failPoint;
  }

  /** Reads which versions the archive has, and which it has set aside. */
  public void read() throws SQLException {
    versions.clear();
    setAside.clear();
    try (Statement statement = ddl.createStatement()) {
      try (ResultSet rows = statement.executeQuery(READ)) {
        while (rows.next()) {
          note(new TableId(rows.getString(1), rows.getString(2)), rows.getInt(3));
        }
      }
      try (ResultSet rows = statement.executeQuery(READ_ASIDE)) {
        while (rows.next()) {
          TableId table = new TableId(rows.getString(1), rows.getString(2));
          setAside.merge(table, rows.getInt(3), Math::max);
        }
      }
    }
  }

  /** See {@link Archive#ensureVersion}. */
  public Archive.Fit ensure(TableSchema schema) throws Exception {
    claim(schema);
    if (setAside(schema.table(), schema.version())) {
      return Archive.Fit.SET_ASIDE;
    }
    if (versions.getOrDefault(schema.table(), Set.of()).contains(schema.version())) {
      return Archive.Fit.READY;
    }
    ddl.setAutoCommit(false);
    try {
      make(schema);
      failPoint.reached(Boundary.VERSION_MADE);
      ddl.commit();
      failPoint.reached(Boundary.VERSION_NOTED);
    } catch (SQLException e) {
      ddl.rollback();
      throw refused(schema, e);
    } catch (Exception e) {
      ddl.rollback();
      throw e;
    } finally {
      ddl.setAutoCommit(true);
    }
    note(schema.table(), schema.version());
    return Archive.Fit.READY;
  }

  /** A table that another installation has in this archive stops alone. */
  private void claim(TableSchema schema) throws SQLException {
    TableId table = schema.table();
    if (claimed.contains(table)) {
      return;
    }
    try (PreparedStatement statement = ddl.prepareStatement(CLAIM)) {
      statement.setString(1, owner.prefix());
      statement.setString(2, table.schema());
      statement.setString(3, table.name());
      statement.execute();
    } catch (SQLException e) {
      throw refused(schema, e);
    }
    claimed.add(table);
  }

  /** Whether the version belongs to a table that was set aside. */
  public boolean setAside(TableId table, int version) {
    return version <= setAside.getOrDefault(table, 0);
  }

  /** The version as it was noted; null: it was not, or its table was set aside. */
  public @Nullable TableSchema version(TableId table, int version) throws SQLException {
    TableSchema there = WholeTable.find(ddl, table);
    List<ColumnSchema> columns = new ArrayList<>();
    try (PreparedStatement statement = ddl.prepareStatement(COLUMNS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      statement.setInt(3, version);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String type = rows.getString(2);
          columns.add(new ColumnSchema(rows.getString(1), type, type, rows.getString(3)));
        }
      }
    }
    return there == null || columns.isEmpty()
        ? null
        : new TableSchema(table, version, columns, there.key());
  }

  private void make(TableSchema schema) throws SQLException {
    ages.check(schema);
    @Nullable TableSchema there = WholeTable.find(ddl, schema.table());
    if (there == null) {
      create(schema);
    } else {
      TableChange.refuse(schema, there);
      for (ColumnSchema column : schema.columns()) {
        if (there.indexOf(column.name()) < 0) {
          add(schema.table(), column);
        }
      }
    }
    insert(schema);
  }

  /** What the database refuses for the table's sake stops the table alone. */
  private static SQLException refused(TableSchema schema, SQLException e) {
    String state = e.getSQLState();
    if (FailureKind.ofSqlState(state) == FailureKind.RETRY || NOT_MIGRATED.contains(state)) {
      return e;
    }
    throw TableChange.refusedByArchive(schema, e);
  }

  private void create(TableSchema schema) throws SQLException {
    try (PreparedStatement statement = ddl.prepareStatement(ENSURE_TABLE)) {
      statement.setString(1, schema.table().schema());
      statement.setString(2, schema.table().name());
      array(statement, 3, schema.columnNames());
      array(statement, 4, schema.columns().stream().map(ColumnSchema::type).toList());
      array(statement, 5, schema.key());
      statement.setBoolean(6, ages.dated(schema.table()));
      statement.execute();
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

  private void note(TableId table, int version) {
    versions.computeIfAbsent(table, t -> new HashSet<>()).add(version);
  }
}
