package io.valmed.archive.model;

import io.valmed.archive.model.change.RowImage;
import java.util.List;
import java.util.Objects;

/**
 * One version of a table's columns. A {@link RowImage} of that version has its values in the order
 * of {@link #columns()}.
 *
 * @param table the hot table
 * @param version counts from 1 for each table; every change record names it in a header
 * @param columns the captured columns, in the hot table's order
 * @param key the primary key's columns, in the key's order; never empty
 * @param relation the table's oid in hot, which a rename keeps; 0: unknown
 * @param excluded the numbers of the columns that are not captured
 */
public record TableSchema(
    TableId table,
    int version,
    List<ColumnSchema> columns,
    List<String> key,
    long relation,
    List<Integer> excluded) {

  /** A version of a table of which no more is known. */
  public TableSchema(TableId table, int version, List<ColumnSchema> columns, List<String> key) {
    this(table, version, columns, key, 0, List.of());
  }

  public TableSchema {
    Objects.requireNonNull(table, "table");
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    excluded = List.copyOf(excluded);
    if (version < 1) {
      throw new IllegalArgumentException("versions of " + table + " count from 1");
    }
    if (key.isEmpty()) {
      throw new IllegalArgumentException("table " + table + " has no primary key");
    }
    for (String column : key) {
      if (columns.stream().noneMatch(c -> c.name().equals(column))) {
        throw new IllegalArgumentException(
            "key column " + column + " of " + table + " is not captured");
      }
    }
  }

  /** Position of the column in {@link #columns()} and in a row image, or -1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }

  /** Positions of the key's columns in a row image, in the key's order. */
  public int[] keyIndexes() {
    return key.stream().mapToInt(this::indexOf).toArray();
  }

  /** The names of the columns in order. */
  public List<String> columnNames() {
    return columns.stream().map(ColumnSchema::name).toList();
  }

  /** Whether the other version has the same relation, columns, types and key (fills aside). */
  public boolean sameShape(TableSchema other) {
    if (!table.equals(other.table) || !key.equals(other.key)) {
      return false;
    }
    if (relation != other.relation || !excluded.equals(other.excluded)) {
      return false;
    }
    if (columns.size() != other.columns.size()) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      ColumnSchema mine = columns.get(i);
      ColumnSchema theirs = other.columns.get(i);
      if (!mine.name().equals(theirs.name())
          || !mine.type().equals(theirs.type())
          || !mine.hotType().equals(theirs.hotType())
          || mine.number() != theirs.number()) {
        return false;
      }
    }
    return true;
  }
}
