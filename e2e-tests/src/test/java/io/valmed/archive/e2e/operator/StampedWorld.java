package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.World;
import io.valmed.archive.e2e.support.WorldTable;
import io.valmed.archive.model.TableId;
import java.util.List;

/**
 * Tables that {@link Application} writes to: those of {@link OperatorWorld}, and perhaps others.
 * Each has the columns {@code id}, its key, and {@code stamp}, which tells which write a row is of.
 */
interface StampedWorld extends World {

  /**
   * One way to write to a table that {@link OperatorWorld} does not have.
   *
   * @param sql a statement without RETURNING; {@code %1$d} is the stamp, {@code %2$s} the row's age
   */
  record Write(TableId table, String sql) {}

  /** Ways to write to further tables. */
  List<Write> writes();

  /** A statement that goes with each transaction and writes what nothing archives; empty: none. */
  String beside();

  /** Whether every other DDL comes while the services run; else they are stopped for it. */
  boolean altersWhileRunning();

  /** Whether databases or Kafka are put back to an older state, so that rows may live again. */
  boolean isPutBack();

  /** Every captured table's name. */
  default List<TableId> ids() {
    return tables().stream().map(WorldTable::id).toList();
  }

  /** A table of which only the name, the key and the stamp matter. */
  static WorldTable stamped(TableId id) {
    return new WorldTable(
        id, List.of("id", "stamp"), List.of("id"), null, "", List.of(), null, "true");
  }

  @Override
  default Bulk bulk() {
    throw new UnsupportedOperationException("written to by Application");
  }

  @Override
  default Copied copied() {
    throw new UnsupportedOperationException("written to by Application");
  }

  @Override
  default String ageRoots() {
    throw new UnsupportedOperationException("written to by Application");
  }
}
