package io.valmed.archive.model.policy;

import io.valmed.archive.model.TableId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One table of a policy, flattened: what capture and the sink need to know of it.
 *
 * @param table the table
 * @param role its role
 * @param age the column that dates its rows in the cold store; null: undated, not partitioned
 * @param exclude columns that are not captured (reference tables only)
 * @param plainNumbers columns of type {@code oid} or {@code lo} that name no large object (roots
 *     and children only)
 */
public record PolicyTable(
    TableId table,
    TableRole role,
    @Nullable String age,
    List<String> exclude,
    List<String> plainNumbers) {

  public PolicyTable {
    exclude = List.copyOf(exclude);
    plainNumbers = List.copyOf(plainNumbers);
  }

  /** A table whose columns of type {@code oid}, if any, may name large objects. */
  public PolicyTable(TableId table, TableRole role, @Nullable String age, List<String> exclude) {
    this(table, role, age, exclude, List.of());
  }
}
