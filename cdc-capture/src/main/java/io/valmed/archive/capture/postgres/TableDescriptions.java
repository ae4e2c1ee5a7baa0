package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.databases.hot.LargeObjects;
import io.valmed.archive.databases.hot.PrimaryKey;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Describes tables as one connection sees them; its search path is {@code pg_catalog}. */
final class TableDescriptions {
  private static final String BY_NAME =
      """
      SELECT c.oid::bigint
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
      """;

  private static final String TABLE =
      """
      SELECT n.nspname, c.relname, c.relreplident = 'f'
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ?::bigint::oid AND c.relkind IN ('r', 'p')
      """;

  private static final String COLUMNS =
      """
      SELECT a.attname, a.attnum, a.attgenerated, a.attnotnull,
             format_type(a.atttypid, a.atttypmod) AS hot_type,
             a.atttypid::bigint AS type_id,
             CASE WHEN a.atthasmissing THEN (a.attmissingval::text::text[])[1] END AS fill,
             a.atthasdef AND NOT a.atthasmissing AND a.attgenerated = '' AS unclear
      FROM pg_attribute a
      WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum
      """;

  private static final String LARGE_OBJECTS =
      "SELECT name, type FROM %s AS l WHERE relation = ?::bigint::oid".formatted(LargeObjects.ROWS);

  private final Connection connection;
  private final ArchiveTypes types;

  TableDescriptions(Connection connection) throws SQLException {
    this.connection = connection;
    this.types = ArchiveTypes.read(connection);
  }

  /** The table of that name; null: there is none. */
  @Nullable Description of(TableId table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(BY_NAME)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? of(row.getLong(1)) : null;
      }
    }
  }

  /** The table with that oid; null: there is none. */
  @Nullable Description of(long relation) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TABLE)) {
      query.setLong(1, relation);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? of(relation, new TableId(row.getString(1), row.getString(2)), row.getBoolean(3))
            : null;
      }
    }
  }

  private Description of(long relation, TableId table, boolean fullImages) throws SQLException {
    List<ColumnSchema> columns = new ArrayList<>();
    Set<String> unclear = new HashSet<>();
    Set<String> required = new HashSet<>();
    Map<String, String> refused = new HashMap<>();
    Set<String> lowerCase = new HashSet<>();
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setLong(1, relation);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String name = row.getString("attname");
          boolean virtual = "v".equals(row.getString("attgenerated"));
          String reason = refusal(row, virtual);
          if (reason == null && !lowerCase.add(name.toLowerCase(Locale.ROOT))) {
            reason = "its name differs from another's in case alone, which the connector refuses";
          }
          if (reason != null) {
            refused.put(name, reason);
          }
          if (!virtual) {
            columns.add(column(row, name));
          }
          if (row.getBoolean("unclear")) {
            unclear.add(name);
          }
          if (row.getBoolean("attnotnull")) {
            required.add(name);
          }
        }
      }
    }
    PrimaryKey key = PrimaryKeys.of(connection, relation);
    return new Description(
        table,
        relation,
        columns,
        key.names(),
        unclear,
        required,
        fullImages,
        refused,
        key.fault(),
        largeObjects(relation));
  }

  private @Nullable String refusal(ResultSet row, boolean virtual) throws SQLException {
    return virtual
        ? "virtual generated: it is in no change"
        : types.refusal(row.getLong("type_id"));
  }

  private ColumnSchema column(ResultSet row, String name) throws SQLException {
    return new ColumnSchema(
        name,
        types.archiveType(row.getLong("type_id")),
        row.getString("hot_type"),
        row.getString("fill"),
        row.getInt("attnum"));
  }

  private Map<String, String> largeObjects(long relation) throws SQLException {
    Map<String, String> types = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(LARGE_OBJECTS)) {
      query.setLong(1, relation);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          types.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return types;
  }
}
