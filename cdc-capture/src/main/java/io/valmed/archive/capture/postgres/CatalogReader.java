package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.Catalog;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks hot's catalogs, on a connection that is opened at need. Used by one thread. */
public final class CatalogReader implements Catalog, AutoCloseable {
  private static final String COLUMNS =
      """
      SELECT a.attname,
             format_type(a.atttypid, a.atttypmod) AS hot_type,
             a.atttypid::bigint AS type_id,
             CASE WHEN a.atthasmissing THEN (a.attmissingval::text::text[])[1] END AS fill,
             a.atthasdef AND NOT a.atthasmissing AND a.attgenerated = '' AS unclear
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated IN ('', 's')
      ORDER BY a.attnum
      """;

  private static final String KEY =
      """
      SELECT a.attname
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE n.nspname = ? AND c.relname = ? AND i.indisprimary AND k.place <= i.indnkeyatts
      ORDER BY k.place
      """;

  private static final String FULL_IMAGES =
      """
      SELECT c.relreplident = 'f'
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ?
      """;

  private final DatabaseLogin hot;
  private @Nullable Connection connection;

  public CatalogReader(DatabaseLogin hot) {
    this.hot = hot;
  }

  @Override
  public Description describe(TableId table) throws SQLException {
    Connection open = connection;
    if (open == null || !open.isValid(5)) {
      open = hot.connect("valmed-archive capture catalog");
      connection = open;
      try (Statement settings = open.createStatement()) {
        settings.execute(RowDigest.SESSION_SETTINGS);
      }
    }
    return describe(open, table);
  }

  /** The same on a given connection, whose search path is {@code pg_catalog}. */
  static Description describe(Connection connection, TableId table) throws SQLException {
    ArchiveTypes types = ArchiveTypes.read(connection);
    List<ColumnSchema> columns = new ArrayList<>();
    List<String> unclear = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String name = rows.getString(1);
          columns.add(
              new ColumnSchema(
                  name, types.archiveType(rows.getLong(3)), rows.getString(2), rows.getString(4)));
          if (rows.getBoolean(5)) {
            unclear.add(name);
          }
        }
      }
    }
    return new Description(columns, key(connection, table), unclear, fullImages(connection, table));
  }

  private static boolean fullImages(Connection connection, TableId table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(FULL_IMAGES)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static List<String> key(Connection connection, TableId table) throws SQLException {
    List<String> key = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(KEY)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          key.add(rows.getString(1));
        }
      }
    }
    return key;
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
