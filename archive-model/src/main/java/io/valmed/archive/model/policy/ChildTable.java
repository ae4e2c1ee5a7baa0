package io.valmed.archive.model.policy;

import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows belong to a parent row by a foreign key and leave hot with it.
 *
 * @param table the child table
 * @param foreignKey the child's columns that refer to the parent's primary key, in that key's order
 * @param age the column that dates the child's own row in the cold store; null: not partitioned. By
 *     {@link AgeOf#NEWEST} the row must be old before its aggregate leaves
 * @param children the child's own children, by name
 * @param plainNumbers columns of type {@code oid} or {@code lo} that name no large object
 */
public record ChildTable(
    TableId table,
    List<String> foreignKey,
    @Nullable String age,
    List<ChildTable> children,
    List<String> plainNumbers) {

  public ChildTable {
    Objects.requireNonNull(table, "table");
    foreignKey = List.copyOf(foreignKey);
    children = List.copyOf(children);
    plainNumbers = List.copyOf(plainNumbers);
    if (foreignKey.isEmpty()) {
      throw new IllegalArgumentException("child table " + table + " needs a foreign key column");
    }
  }

  /** A child whose columns of type {@code oid}, if any, may name large objects. */
  public ChildTable(
      TableId table, List<String> foreignKey, @Nullable String age, List<ChildTable> children) {
    this(table, foreignKey, age, children, List.of());
  }
}
