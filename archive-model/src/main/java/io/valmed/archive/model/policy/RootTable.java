package io.valmed.archive.model.policy;

import io.valmed.archive.model.TableId;
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
 * @param plainNumbers columns of type {@code oid} or {@code lo} that name no large object
 * @param ageOf whose age counts
 */
public record RootTable(
    TableId table,
    String age,
    @Nullable String settled,
    Duration coldAfter,
    List<ChildTable> children,
    List<String> plainNumbers,
    AgeOf ageOf) {

  public RootTable {
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(age, "age");
    Objects.requireNonNull(coldAfter, "coldAfter");
    Objects.requireNonNull(ageOf, "ageOf");
    children = List.copyOf(children);
    plainNumbers = List.copyOf(plainNumbers);
    if (coldAfter.isNegative()) {
      throw new IllegalArgumentException("cold-after of " + table + " must not be negative");
    }
  }

  /** A root whose own age counts. */
  public RootTable(
      TableId table,
      String age,
      @Nullable String settled,
      Duration coldAfter,
      List<ChildTable> children,
      List<String> plainNumbers) {
    this(table, age, settled, coldAfter, children, plainNumbers, AgeOf.ROOT);
  }

  /** A root whose columns of type {@code oid}, if any, may name large objects. */
  public RootTable(
      TableId table,
      String age,
      @Nullable String settled,
      Duration coldAfter,
      List<ChildTable> children) {
    this(table, age, settled, coldAfter, children, List.of());
  }
}
