package io.valmed.archive.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows belong to a parent row by a foreign key and leave hot with it.
 *
 * @param table the child table
 * @param foreignKey the child's columns that refer to the parent's primary key, in that key's order
 * @param age the column that dates the child's own row in the cold store; null: not partitioned
 * @param children the child's own children, by name
 */
public record ChildTable(
    TableId table, List<String> foreignKey, @Nullable String age, List<ChildTable> children) {

  public ChildTable {
    Objects.requireNonNull(table, "table");
    foreignKey = List.copyOf(foreignKey);
    children = List.copyOf(children);
    if (foreignKey.isEmpty()) {
      throw new IllegalArgumentException("child table " + table + " needs a foreign key column");
    }
  }
}
