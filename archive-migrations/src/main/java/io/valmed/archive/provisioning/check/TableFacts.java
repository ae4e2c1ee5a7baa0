package io.valmed.archive.provisioning.check;

import io.valmed.archive.databases.hot.LargeObjects;
import io.valmed.archive.databases.hot.PrimaryKey;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What the catalogs say of a table.
 *
 * @param kind {@code pg_class.relkind}
 * @param persistence {@code pg_class.relpersistence}
 * @param partition whether it is a partition
 * @param inherits whether it has inheritance parents or children
 * @param columns in the table's order
 * @param primaryKey its primary key
 * @param largeObjects columns that may name large objects
 */
record TableFacts(
    String kind,
    String persistence,
    boolean partition,
    boolean inherits,
    List<Column> columns,
    PrimaryKey primaryKey,
    List<Column> largeObjects) {

  /**
   * One column.
   *
   * @param type its type, of a domain the base type
   * @param generated {@code s}: stored, {@code v}: virtual, empty: not generated
   */
  record Column(String name, String type, String generated) {}

  /** The primary key's columns in order; empty: none. */
  List<String> key() {
    return primaryKey.names();
  }

  Optional<Column> column(String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** The table's facts; nothing when there is no such table. */
  static Optional<TableFacts> of(Query catalog, TableId table) throws SQLException {
    List<Column> columns =
        catalog.rows(
            row -> new Column(row.getString(1), row.getString(2), row.getString(3)),
            """
            SELECT a.attname, format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, NULL), a.attgenerated
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """,
            table.sql());
    PrimaryKey key = PrimaryKeys.of(catalog.connection(), table);
    List<Column> largeObjects =
        catalog.rows(
            row -> new Column(row.getString(1), row.getString(2), ""),
            "SELECT name, type FROM %s AS l WHERE relation = to_regclass(?)"
                .formatted(LargeObjects.ROWS),
            table.sql());
    return catalog
        .rows(
            row ->
                new TableFacts(
                    row.getString(1),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getBoolean(4),
                    columns,
                    key,
                    largeObjects),
            """
            SELECT c.relkind, c.relpersistence, c.relispartition,
                   EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent))
            FROM pg_class c WHERE c.oid = to_regclass(?)
            """,
            table.sql())
        .stream()
        .findFirst();
  }
}
