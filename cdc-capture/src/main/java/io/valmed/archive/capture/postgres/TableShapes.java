package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what tables are, in marks that differ as soon as anything was altered, undone or not. */
final class TableShapes {
  /**
   * All in one statement, so that it is as one moment saw it. Rows of catalogs are known by {@code
   * xmin}, which freezing and VACUUM FULL leave alone. Types below 16384 are PostgreSQL's own.
   */
  private static final String SHAPES =
      """
      WITH RECURSIVE captured (relation, number) AS (
        SELECT relation::oid, number FROM unnest(?::bigint[], ?::int[]) AS u (relation, number)
      ), made (relation, number, type) AS (
        SELECT c.relation, c.number, a.atttypid
        FROM captured c JOIN pg_attribute a ON a.attrelid = c.relation AND a.attnum = c.number
        UNION
        SELECT m.relation, m.number, n.type
        FROM made m CROSS JOIN LATERAL (
          SELECT unnest(ARRAY[t.typelem, t.typbasetype]) FROM pg_type t WHERE t.oid = m.type
          UNION ALL
          SELECT a.atttypid FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
          WHERE t.oid = m.type AND a.attnum > 0 AND NOT a.attisdropped
          UNION ALL
          SELECT CASE m.type WHEN r.rngtypid THEN r.rngsubtype ELSE r.rngtypid END
          FROM pg_range r WHERE m.type IN (r.rngtypid, r.rngmultitypid)
        ) AS n (type)
        WHERE m.type >= 16384 AND n.type <> 0
      ), types (relation, type, number) AS (
        SELECT relation, type, min(number) FROM made WHERE type >= 16384 GROUP BY 1, 2
      )
      SELECT c.oid::bigint, concat_ws(' ', 'r' || c.oid, 'f' || c.relfilenode,
        (SELECT format('k%s/%s/%s', k.oid, k.xmin, i.xmin)
         FROM pg_constraint k JOIN pg_class i ON i.oid = k.conindid
         WHERE k.conrelid = c.oid AND k.contype = 'p'),
        (SELECT string_agg(
           format('c%s/%s/%s:%s/%s/%s/%s/%s', a.attnum, a.xmin, a.atttypid, a.atttypmod, coalesce(d.oid, 0),
                  CASE WHEN a.attgenerated <> '' THEN 'g' || left(md5(d.adbin::text), 8)
                       WHEN a.atthasmissing THEN 'm' ELSE '-' END,
                  left(md5(concat_ws(' ', a.attstattarget, a.attstorage, a.attacl, a.attoptions, a.attnotnull,
                                     a.atthasdef, a.attname)), 4),
                  replace(replace(replace(a.attname, '%', '%25'), ' ', '%20'), '/', '%2F')),
           ' ' ORDER BY a.attnum)
         FROM captured s
         JOIN pg_attribute a ON a.attrelid = s.relation AND a.attnum = s.number AND NOT a.attisdropped
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE s.relation = c.oid),
        (SELECT string_agg('x' || a.attnum, ' ' ORDER BY a.attnum)
         FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped),
        (SELECT string_agg(format('e%s/%s/%s', t.type, t.number, l.labels), ' ' ORDER BY t.type)
         FROM types t CROSS JOIN LATERAL (
           SELECT string_agg(left(md5(concat_ws(' ', e.oid, e.xmin, e.enumlabel)), 6), '/' ORDER BY e.oid)
           FROM pg_enum e WHERE e.enumtypid = t.type) AS l (labels)
         WHERE t.relation = c.oid AND l.labels IS NOT NULL),
        (SELECT string_agg(format('t%s/%s/%s', t.type, t.number, l.attributes), ' ' ORDER BY t.type)
         FROM types t CROSS JOIN LATERAL (
           SELECT left(md5(string_agg(concat_ws(' ', a.attnum, a.atttypid, a.atttypmod, a.attisdropped),
                                      ',' ORDER BY a.attnum)), 8)
           FROM pg_type y JOIN pg_attribute a ON a.attrelid = y.typrelid
           WHERE y.oid = t.type AND a.attnum > 0) AS l (attributes)
         WHERE t.relation = c.oid AND l.attributes IS NOT NULL))
      FROM pg_class c WHERE c.oid IN (SELECT relation FROM captured)
      """;

  private final Connection connection;

  TableShapes(Connection connection) {
    this.connection = connection;
  }

  /**
   * The shapes of these tables, without columns that are not captured.
   *
   * @param described the tables as the catalogs have them
   */
  Map<TableId, String> of(Collection<PolicyTable> tables, Map<TableId, Description> described)
      throws SQLException {
    List<Long> relations = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    Map<Long, TableId> names = new HashMap<>();
    for (PolicyTable policy : tables) {
      Description table = described.get(policy.table());
      if (table != null && !policy.table().equals(PassedBeats.TABLE)) {
        names.put(table.relation(), policy.table());
        table.columns().stream()
            .filter(column -> !policy.exclude().contains(column.name()))
            .forEach(
                column -> {
                  relations.add(table.relation());
                  numbers.add(column.number());
                });
      }
    }
    Map<TableId, String> shapes = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(SHAPES)) {
      query.setArray(1, connection.createArrayOf("bigint", relations.toArray()));
      query.setArray(2, connection.createArrayOf("int", numbers.toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          TableId table = names.get(rows.getLong(1));
          if (table != null) {
            shapes.put(table, rows.getString(2));
          }
        }
      }
    }
    return shapes;
  }
}
