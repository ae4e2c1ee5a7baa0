package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.hot.WatchedTables;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees, for one page, that what it deletes comes back through capture's slot. */
final class PageWatch {
  private final WatchedTables watched;
  private final List<AggregateTable> tables;
  private final int epoch;

  private PageWatch(WatchedTables watched, List<AggregateTable> tables, int epoch) {
    this.watched = watched;
    this.tables = tables;
    this.epoch = epoch;
  }

  /**
   * Looks for the first time, with the tables' locks held.
   *
   * @throws TableHeldException when their deletes would not come back
   */
  static PageWatch begin(WatchedTables watched, List<AggregateTable> tables)
      throws SQLException, TableHeldException {
    return new PageWatch(watched, tables, look(watched, tables));
  }

  /** The aggregate's tables. */
  List<AggregateTable> tables() {
    return tables;
  }

  /** The epoch in which capture watched when the page began. */
  int epoch() {
    return epoch;
  }

  /**
   * Looks again: what is said by the slot and the publication is not locked by anything.
   *
   * @throws TableHeldException when it is not as it was
   */
  void check() throws SQLException, TableHeldException {
    if (look(watched, tables) != epoch) {
      throw TableHeldException.unwatched(
          "capture has begun another epoch beside a page; the page was given up", true);
    }
  }

  private static int look(WatchedTables watched, List<AggregateTable> tables)
      throws SQLException, TableHeldException {
    WatchedTables.Watch now = watched.read(tables.stream().map(AggregateTable::table).toList());
    WatchedTables.@Nullable Unwatched problem = now.problem();
    if (problem != null) {
      throw TableHeldException.unwatched(problem.sentence(), problem.passes());
    }
    return now.epoch();
  }
}
