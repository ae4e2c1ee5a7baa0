package io.valmed.archive.databases.hot;

import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.databases.keys.TableShape.KeyColumn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads from hot's catalogs what the aggregate's tables are and whatever speaks against deleting
 * from them. Called with the tables' locks held, so that nothing of it can change before the
 * commit.
 */
public final class HotCatalog {
  // Kinds: c column, k key column, l column that may name a large object, then obstacles, whose
  // text
  // is a clause about the table.
  private static final String SQL =
      """
      WITH t AS (
        SELECT o.ord, format('%%I.%%I', o.schema, o.name)::regclass::oid AS oid
        FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS o (schema, name, ord))
      SELECT t.ord, 'c' AS kind, a.attnum::int AS place, a.attname::text AS text, NULL AS type
      FROM t JOIN pg_attribute a ON a.attrelid = t.oid
      WHERE a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT t.ord, 'k', k.place, k.name, k.type FROM t JOIN %1$s AS k ON k.relation = t.oid
      UNION ALL
      SELECT t.ord, 'o', 0, k.fault, NULL FROM t JOIN %1$s AS k ON k.relation = t.oid WHERE k.fault IS NOT NULL
      UNION ALL
      SELECT t.ord, 'l', 1, l.name, l.type FROM t JOIN %2$s AS l ON l.relation = t.oid
      UNION ALL
      SELECT t.ord, 'o', 1, 'is no ordinary table', NULL
      FROM t JOIN pg_class c ON c.oid = t.oid WHERE c.relkind <> 'r'
      UNION ALL
      SELECT t.ord, 'o', 2, 'is part of an inheritance tree; such tables cannot be purged', NULL
      FROM t WHERE EXISTS (SELECT FROM pg_inherits h WHERE t.oid IN (h.inhrelid, h.inhparent))
      UNION ALL
      SELECT t.ord, 'o', 3, 'has row security, which could hide rows from the purge; run ''ALTER ROLE … BYPASSRLS'' in hot for the role of ''hot.purger.user'', as a superuser', NULL
      FROM t JOIN pg_class c ON c.oid = t.oid WHERE c.relrowsecurity AND row_security_active(c.oid)
      UNION ALL
      SELECT t.ord, 'o', 4, format('has a DELETE rule (%%s); drop it', r.rulename), NULL
      FROM t JOIN pg_rewrite r ON r.ev_class = t.oid WHERE r.ev_type = '4'
      UNION ALL
      SELECT t.ord, 'o', 5, format('has a DELETE trigger (%%s); drop or disable it', g.tgname), NULL
      FROM t JOIN pg_trigger g ON g.tgrelid = t.oid
      WHERE NOT g.tgisinternal AND g.tgtype & 8 <> 0 AND g.tgenabled IN ('O', 'A')
      UNION ALL
      SELECT t.ord, 'o', 7, 'does not have REPLICA IDENTITY FULL, so its rows would leave without their last image; run provision', NULL
      FROM t JOIN pg_class c ON c.oid = t.oid WHERE c.relreplident <> 'f'
      UNION ALL
      SELECT t.ord, 'o', 6, format('is referred to by %%s (%%s) with ON DELETE %%s, which would change rows that nobody proved', f.conrelid::regclass,
        f.conname, CASE f.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END), NULL
      FROM t JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = t.oid
      WHERE f.confdeltype IN ('c', 'n', 'd') AND (f.confdeltype <> 'c' OR f.conrelid NOT IN (SELECT o.oid FROM t o))
      ORDER BY ord, kind, place
      """
          .formatted(PrimaryKeys.ROWS, LargeObjects.ROWS);

  // Without this foreign key a child could be inserted beside the purge.
  private static final String GUARD =
      """
      SELECT EXISTS (
        SELECT FROM pg_constraint f
        WHERE f.contype = 'f' AND f.conrelid = ?::regclass AND f.confrelid = ?::regclass
        AND coalesce((to_jsonb(f) ->> 'conenforced')::boolean, true)
        AND (SELECT array_agg(c.attname::text || '>' || p.attname::text ORDER BY c.attname)
             FROM unnest(f.conkey, f.confkey) AS k (child, parent)
             JOIN pg_attribute c ON c.attrelid = f.conrelid AND c.attnum = k.child
             JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = k.parent)
          = (SELECT array_agg(w.child || '>' || w.parent ORDER BY w.child::name) FROM unnest(?::text[], ?::text[]) AS w (child, parent))
        AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = f.oid AND g.tgenabled NOT IN ('O', 'A')))
      """;

  private final Connection connection;

  public HotCatalog(Connection connection) {
    this.connection = connection;
  }

  /**
   * The tables' shapes.
   *
   * @throws TableHeldException naming the first thing that speaks against deleting
   */
  public List<TableShape> read(List<AggregateTable> tables)
      throws SQLException, TableHeldException {
    List<List<String>> columns = new ArrayList<>();
    List<List<KeyColumn>> keys = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      columns.add(new ArrayList<>());
      keys.add(new ArrayList<>());
    }
    try (PreparedStatement query = connection.prepareStatement(SQL)) {
      query.setString(1, TextArray.write(map(tables, TableId::schema)));
      query.setString(2, TextArray.write(map(tables, TableId::name)));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          int table = rows.getInt(1) - 1;
          String text = rows.getString(4);
          switch (rows.getString(2)) {
            case "c" -> columns.get(table).add(text);
            case "k" -> keys.get(table).add(new KeyColumn(text, rows.getString(5)));
            case "l" -> checkLargeObject(tables.get(table), text, rows.getString(5));
            default -> throw TableHeldException.fault(tables.get(table).table(), text);
          }
        }
      }
    }
    List<TableShape> shapes = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      TableId table = tables.get(i).table();
      if (keys.get(i).isEmpty()) {
        throw TableHeldException.fault(table, "has no primary key any more");
      }
      shapes.add(new TableShape(table, columns.get(i), keys.get(i)));
      checkGuard(tables, i, shapes);
    }
    return shapes;
  }

  private static void checkLargeObject(AggregateTable table, String column, String type)
      throws TableHeldException {
    if (!table.plainNumbers().contains(column)) {
      throw TableHeldException.fault(table.table(), LargeObjects.fault(column, type));
    }
  }

  private void checkGuard(List<AggregateTable> tables, int child, List<TableShape> shapes)
      throws SQLException, TableHeldException {
    AggregateTable table = tables.get(child);
    if (table.parent() < 0) {
      return;
    }
    TableShape parent = shapes.get(table.parent());
    @Nullable String problem =
        parent.key().size() == table.foreignKey().size() ? null : "has another number of columns";
    if (problem == null) {
      try (PreparedStatement query = connection.prepareStatement(GUARD)) {
        query.setString(1, table.table().sql());
        query.setString(2, parent.table().sql());
        query.setString(3, TextArray.write(table.foreignKey()));
        query.setString(4, TextArray.write(parent.keyNames()));
        try (ResultSet row = query.executeQuery()) {
          row.next();
          problem = row.getBoolean(1) ? null : "is not there, or is not enforced";
        }
      }
    }
    if (problem != null) {
      throw TableHeldException.fault(
          table.table(),
          "needs the policy's foreign key %s to the primary key of %s, which %s"
              .formatted(table.foreignKey(), parent.table(), problem));
    }
  }

  private static List<String> map(
      List<AggregateTable> tables, java.util.function.Function<TableId, String> part) {
    return tables.stream().map(table -> part.apply(table.table())).toList();
  }
}
