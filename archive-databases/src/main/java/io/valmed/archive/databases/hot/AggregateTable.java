package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.RootTable;
import java.util.ArrayList;
import java.util.List;

/**
 * One table of an aggregate.
 *
 * @param table the table
 * @param parent the parent's place in {@link #of}; -1: this is the root
 * @param foreignKey the columns that refer to the parent's primary key, in that key's order; empty
 *     for the root
 * @param plainNumbers columns that could name large objects by their type, and name none
 */
public record AggregateTable(
    TableId table, int parent, List<String> foreignKey, List<String> plainNumbers) {

  public AggregateTable {
    foreignKey = List.copyOf(foreignKey);
    plainNumbers = List.copyOf(plainNumbers);
  }

  /** The tables of a root's aggregates, the root first and every parent before its children. */
  public static List<AggregateTable> of(RootTable root) {
    List<AggregateTable> all = new ArrayList<>();
    List<List<ChildTable>> children = new ArrayList<>();
    all.add(new AggregateTable(root.table(), -1, List.of(), root.plainNumbers()));
    children.add(root.children());
    for (int parent = 0; parent < all.size(); parent++) {
      for (ChildTable child : children.get(parent)) {
        all.add(
            new AggregateTable(child.table(), parent, child.foreignKey(), child.plainNumbers()));
        children.add(child.children());
      }
    }
    return List.copyOf(all);
  }
}
