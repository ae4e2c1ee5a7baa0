package io.valmed.archive.purge.page;

import io.valmed.archive.databases.cold.ColdCursor;
import io.valmed.archive.databases.hot.AggregateTable;
import java.util.List;

/**
 * A page of which nothing had to be left out so far: every root that was looked at is locked,
 * settled and cold, every child of every root is locked, and no aggregate is too large. It is
 * proven, written to the journal and deleted as a whole, or else taken row by row.
 *
 * @param tables the rows, in the order of {@link AggregateTable#of}
 * @param cursor where the next page begins
 * @param last whether no more roots follow
 * @param xid as {@link HotPage.Locked#xid}
 * @param lsn as {@link HotPage.Locked#lsn}
 */
public record WholePage(List<WholeRows> tables, ColdCursor cursor, boolean last, long xid, long lsn)
    implements LockedRoots {

  public WholePage {
    tables = List.copyOf(tables);
  }

  @Override
  public int decided() {
    return tables.get(0).count();
  }

  /** The keys of all its roots. */
  public List<List<String>> roots() {
    return tables.get(0).rowKeys();
  }

  /** How many rows it has. */
  public int rows() {
    return tables.stream().mapToInt(WholeRows::count).sum();
  }
}
