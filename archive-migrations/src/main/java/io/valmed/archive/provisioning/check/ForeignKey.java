package io.valmed.archive.provisioning.check;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A foreign key that refers to a table of the policy.
 *
 * @param table the table that refers
 * @param columns its columns
 * @param parentColumns the columns they refer to, in the same order
 * @param onDelete a: no action, r: restrict, c: cascade, n: set null, d: set default
 * @param valid whether every row is known to obey it
 */
record ForeignKey(
    String name,
    TableId table,
    List<String> columns,
    List<String> parentColumns,
    String onDelete,
    boolean valid) {

  /** All foreign keys that refer to the table; those of partitions count as their parent's. */
  static List<ForeignKey> into(Query catalog, TableId parent) throws SQLException {
    return catalog.rows(
        row ->
            new ForeignKey(
                row.getString(1),
                new TableId(row.getString(2), row.getString(3)),
                Query.list(row, 4),
                Query.list(row, 5),
                row.getString(6),
                row.getBoolean(7)),
        """
        SELECT k.conname, n.nspname, c.relname,
               (SELECT array_agg(a.attname::text ORDER BY u.at) FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, at)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
               (SELECT array_agg(a.attname::text ORDER BY u.at) FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, at)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum),
               k.confdeltype, k.convalidated
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = to_regclass(?)
        ORDER BY n.nspname, c.relname, k.conname
        """,
        parent.sql());
  }

  /**
   * Whether this is the key by which a child's rows belong to their parent.
   *
   * @param childColumns the child's columns, in the order of {@code parentKey}
   */
  boolean joins(TableId child, List<String> childColumns, List<String> parentKey) {
    if (!table.equals(child)
        || childColumns.size() != parentKey.size()
        || columns.size() != parentKey.size()) {
      return false;
    }
    Map<String, String> pairs = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      pairs.put(parentColumns.get(i), columns.get(i));
    }
    for (int i = 0; i < parentKey.size(); i++) {
      if (!childColumns.get(i).equals(pairs.get(parentKey.get(i)))) {
        return false;
      }
    }
    return true;
  }

  /** What PostgreSQL does to the referring row, in its own words. */
  String deletion() {
    return switch (onDelete) {
      case "c" -> "ON DELETE CASCADE";
      case "n" -> "ON DELETE SET NULL";
      case "d" -> "ON DELETE SET DEFAULT";
      case "r" -> "ON DELETE RESTRICT";
      default -> "ON DELETE NO ACTION";
    };
  }

  /** Whether deleting the parent changes or deletes the referring row. */
  boolean changesRows() {
    return "cnd".contains(onDelete);
  }
}
