package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the application's tables from hot's catalogs; any role may. */
public final class LiveTables {
  // Extensions keep tables of their own; a partition is its parent's.
  private static final String TABLES =
      """
      SELECT c.oid::bigint, n.nspname::text, c.relname::text, o.rolname::text, o.rolsuper,
        pg_has_role(current_user, o.oid, 'USAGE'),
        CASE WHEN c.relkind = 'p' THEN 'is partitioned'
             WHEN NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary) THEN 'does not have a primary key'
             ELSE (SELECT min(k.fault) FROM KEYS AS k WHERE k.relation = c.oid) END
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_roles AS o ON o.oid = c.relowner
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
      AND n.nspname NOT IN ('arc', 'arc_kept', 'history', 'information_schema') AND n.nspname !~ '^pg_' AND n.nspname !~ '_cold$'
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY n.nspname, c.relname
      """
          .replace("KEYS", PrimaryKeys.ROWS);

  private static final String COLUMNS =
      """
      SELECT a.attname::text, a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype), a.attnotnull,
        ARRAY(SELECT e.enumlabel::text FROM pg_enum AS e WHERE e.enumtypid = a.atttypid ORDER BY e.enumsortorder)
      FROM pg_attribute AS a
      WHERE a.attrelid = ?::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum
      """;

  // Only what refers to a whole primary key can be a child's key; the columns follow that key's
  // order.
  private static final String REFERENCES =
      """
      SELECT n.nspname::text, r.relname::text,
        ARRAY(SELECT a.attname::text
              FROM unnest(f.conkey, f.confkey) AS k (attnum, referred)
              JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
              ORDER BY array_position(i.indkey::int2[], k.referred)),
        NOT EXISTS (SELECT FROM unnest(f.conkey) AS k (attnum)
                    JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum WHERE NOT a.attnotnull),
        f.confdeltype = 'c'
      FROM pg_constraint AS f
      JOIN pg_class AS r ON r.oid = f.confrelid
      JOIN pg_namespace AS n ON n.oid = r.relnamespace
      JOIN pg_index AS i ON i.indrelid = f.confrelid AND i.indisprimary AND i.indnkeyatts = cardinality(f.confkey)
        AND NOT EXISTS (SELECT FROM unnest(f.confkey) AS k (attnum) WHERE k.attnum <> ALL ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
      WHERE f.contype = 'f' AND f.conrelid = ?::bigint::oid AND f.confrelid <> f.conrelid
      ORDER BY f.conname
      """;

  private LiveTables() {}

  /** All of them, by schema and name. */
  public static List<LiveTable> of(Connection hot) throws SQLException {
    List<LiveTable> tables = new ArrayList<>();
    try (PreparedStatement query = hot.prepareStatement(TABLES);
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        long relation = row.getLong(1);
        tables.add(
            new LiveTable(
                new TableId(row.getString(2), row.getString(3)),
                new LiveTable.Owner(row.getString(4), row.getBoolean(5), row.getBoolean(6)),
                row.getString(7),
                columns(hot, relation),
                references(hot, relation)));
      }
    }
    return tables;
  }

  private static List<LiveTable.Column> columns(Connection hot, long relation) throws SQLException {
    List<LiveTable.Column> columns = new ArrayList<>();
    try (PreparedStatement query = hot.prepareStatement(COLUMNS)) {
      query.setLong(1, relation);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          columns.add(
              new LiveTable.Column(
                  row.getString(1), row.getBoolean(2), row.getBoolean(3), texts(row, 4)));
        }
      }
    }
    return columns;
  }

  private static List<LiveTable.Reference> references(Connection hot, long relation)
      throws SQLException {
    List<LiveTable.Reference> references = new ArrayList<>();
    try (PreparedStatement query = hot.prepareStatement(REFERENCES)) {
      query.setLong(1, relation);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          references.add(
              new LiveTable.Reference(
                  new TableId(row.getString(1), row.getString(2)),
                  texts(row, 3),
                  row.getBoolean(4),
                  row.getBoolean(5)));
        }
      }
    }
    return references;
  }

  private static List<String> texts(ResultSet row, int column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }
}
