package io.valmed.archive.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One table of a policy, flattened: what capture and the sink need to know of it.
 *
 * @param table the table
 * @param role its role
 * @param age the column that dates its rows in the cold store; null: undated, not partitioned
 * @param exclude columns that are not captured (reference tables only)
 */
public record PolicyTable(
    TableId table, TableRole role, @Nullable String age, List<String> exclude) {

  public PolicyTable {
    exclude = List.copyOf(exclude);
  }
}
