package io.valmed.archive.model;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are the heads of aggregates: the unit of proof and of purge.
 *
 * @param table the root table
 * @param age the column (date, timestamp or timestamptz) that says how old a row is
 * @param settled SQL predicate over the root's columns; null: every row counts as settled
 * @param coldAfter the age from which a settled aggregate may leave hot; never negative
 * @param children its child tables
 */
public record RootTable(
    TableId table,
    String age,
    @Nullable String settled,
    Duration coldAfter,
    List<ChildTable> children) {

  public RootTable {
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(age, "age");
    Objects.requireNonNull(coldAfter, "coldAfter");
    children = List.copyOf(children);
    if (coldAfter.isNegative()) {
      throw new IllegalArgumentException("cold-after of " + table + " must not be negative");
    }
  }
}
