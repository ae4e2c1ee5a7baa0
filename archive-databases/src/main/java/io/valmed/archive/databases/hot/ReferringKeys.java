package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The foreign keys of all tables of hot, in the policy or not, that refer to some tables: what
 * PostgreSQL looks through at each delete. Of a partitioned table its partitions' keys.
 */
public final class ReferringKeys {
  /**
   * An index serves if it begins with the foreign key's columns, in any order, and if its operator
   * classes and collations are those that the key is compared by: otherwise each deleted row reads
   * the whole table. Tables of a few pages are read faster without.
   */
  private static final String SQL =
      """
      SELECT t.ord::int - 1, f.conname::text, n.nspname::text, r.relname::text,
        ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
              JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum ORDER BY k.place),
        ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k (attnum, place)
              JOIN pg_attribute AS a ON a.attrelid = f.confrelid AND a.attnum = k.attnum ORDER BY k.place),
        ARRAY(SELECT CASE WHEN c.oid IS NULL THEN '' ELSE format('COLLATE %I.%I ', cn.nspname, c.collname) END || format('OPERATOR(%I.%s)', s.nspname, o.oprname)
              FROM unnest(f.conpfeqop, f.conkey) WITH ORDINALITY AS k (operator, attnum, place)
              JOIN pg_operator AS o ON o.oid = k.operator JOIN pg_namespace AS s ON s.oid = o.oprnamespace
              JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
              LEFT JOIN pg_collation AS c ON c.oid = a.attcollation LEFT JOIN pg_namespace AS cn ON cn.oid = c.collnamespace
              ORDER BY k.place),
        has_schema_privilege(n.oid, 'USAGE') AND NOT row_security_active(r.oid) AND NOT EXISTS (
          SELECT FROM unnest(f.conkey) AS k (attnum) WHERE NOT has_column_privilege(r.oid, k.attnum, 'SELECT')),
        coalesce(pg_relation_size(r.oid), 0) <= 65536,
        EXISTS (
          SELECT FROM pg_index AS i
          WHERE i.indrelid = f.conrelid AND i.indisvalid AND i.indislive AND i.indpred IS NULL
          AND i.indnkeyatts >= cardinality(f.conkey)
          AND (SELECT count(*) FROM unnest((i.indkey::int2[])[0:cardinality(f.conkey) - 1]) AS k (attnum) WHERE k.attnum = ANY (f.conkey)) = cardinality(f.conkey)),
        EXISTS (
          SELECT FROM pg_index AS i
          WHERE i.indrelid = f.conrelid AND i.indisvalid AND i.indislive AND i.indpred IS NULL
          AND i.indnkeyatts >= cardinality(f.conkey)
          AND cardinality(f.conkey) = (
            SELECT count(*)
            FROM unnest((i.indkey::int2[])[0:cardinality(f.conkey) - 1], (i.indclass::oid[])[0:cardinality(f.conkey) - 1],
                        (i.indcollation::oid[])[0:cardinality(f.conkey) - 1]) AS x (attnum, opclass, collated)
            JOIN unnest(f.conkey, f.confkey, f.conpfeqop) AS k (attnum, referred, operator) ON k.attnum = x.attnum
            JOIN pg_opclass AS c ON c.oid = x.opclass
            JOIN pg_operator AS o ON o.oid = k.operator
            JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
            JOIN pg_attribute AS p ON p.attrelid = f.confrelid AND p.attnum = k.referred
            LEFT JOIN pg_collation AS pc ON pc.oid = p.attcollation
            WHERE EXISTS (SELECT FROM pg_amop AS m WHERE m.amopfamily = c.opcfamily AND m.amopopr IN (o.oid, o.oprcom))
            AND x.collated = CASE WHEN coalesce(pc.collisdeterministic, true) THEN a.attcollation ELSE p.attcollation END)),
        EXISTS (
          SELECT FROM unnest(f.conkey, f.confkey) AS k (attnum, referred)
          JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
          JOIN pg_attribute AS p ON p.attrelid = f.confrelid AND p.attnum = k.referred
          JOIN pg_collation AS c ON c.oid IN (a.attcollation, p.attcollation) AND NOT c.collisdeterministic
          WHERE a.attcollation <> p.attcollation)
      FROM unnest(?::text[]) WITH ORDINALITY AS t (name, ord)
      JOIN pg_constraint AS f ON f.contype = 'f' AND f.confrelid = to_regclass(t.name)
      JOIN pg_class AS r ON r.oid = f.conrelid AND r.relkind = 'r'
      JOIN pg_namespace AS n ON n.oid = r.relnamespace
      ORDER BY t.ord, f.conrelid, f.conname
      """;

  private ReferringKeys() {}

  /** The keys that refer to the tables, in the tables' order. */
  public static List<ReferringKey> to(Connection connection, List<TableId> tables)
      throws SQLException {
    List<ReferringKey> keys = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(SQL)) {
      query.setArray(
          1, connection.createArrayOf("text", tables.stream().map(TableId::sql).toArray()));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          keys.add(
              new ReferringKey(
                  row.getInt(1),
                  row.getString(2),
                  new TableId(row.getString(3), row.getString(4)),
                  new ReferringKey.Columns(texts(row, 5), texts(row, 6), texts(row, 7)),
                  row.getBoolean(8),
                  index(row)));
        }
      }
    }
    return keys;
  }

  private static ReferringKey.Index index(ResultSet row) throws SQLException {
    if (row.getBoolean(12)) {
      return ReferringKey.Index.OTHER_COLLATION;
    }
    if (row.getBoolean(9) || row.getBoolean(11)) {
      return ReferringKey.Index.SERVES;
    }
    return row.getBoolean(10) ? ReferringKey.Index.OTHER_COMPARISON : ReferringKey.Index.MISSING;
  }

  private static List<String> texts(ResultSet row, int column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }
}
