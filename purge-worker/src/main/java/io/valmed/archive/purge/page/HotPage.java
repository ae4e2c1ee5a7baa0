package io.valmed.archive.purge.page;

import io.valmed.archive.databases.cold.ColdCursor;
import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.TableShape;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction in the hot database. {@link #close} without {@link #commit} rolls it back. The
 * server ends it by itself after {@code purge.transaction-timeout}.
 */
public interface HotPage extends AutoCloseable {

  /** The shapes of the aggregate's tables, in the order of {@link AggregateTable#of}. */
  List<TableShape> shapes();

  /** The epoch in which capture watches: it must be the archive's. */
  int epoch();

  /**
   * Locks the roots asked for and all their rows, without waiting for any, and reads their digests.
   * What cannot be locked whole is kept in the answer with its reason.
   *
   * @throws TableHeldException when the settled predicate fails
   */
  Locked lock(PageRequest request) throws SQLException, TableHeldException;

  /**
   * The same for a page that can be taken as a whole; in few statements, whatever its size.
   *
   * @return null when it cannot, for which {@link #lock} in a transaction of its own finds the
   *     reason; this transaction may have failed, and must be closed
   * @throws TableHeldException when the settled predicate fails
   */
  @Nullable WholePage lockWhole(PageRequest.Next request) throws SQLException, TableHeldException;

  /**
   * What {@link #lock} found.
   *
   * @param page the roots and their rows
   * @param end whether no more roots follow
   * @param ages the roots' ages in text form; empty for {@link PageRequest.These}
   * @param xid the transaction's 64-bit id
   * @param lsn the end of WAL after all locks were taken; of its own to each transaction, since
   *     locks write WAL, and later for later ones
   */
  record Locked(LockedPage page, boolean end, List<String> ages, long xid, long lsn)
      implements LockedRoots {
    @Override
    public int decided() {
      return page.end();
    }

    @Override
    public boolean last() {
      return end && page.end() == page.looked();
    }

    @Override
    public ColdCursor cursor() {
      int last = page.end() - 1;
      return new ColdCursor(ages.get(last), page.root(last));
    }
  }

  /**
   * Deletes the rows, children before their parents, under the purge's replication origin.
   *
   * @param tables proven rows, in the order of {@link AggregateTable#of}
   * @throws UnprovenDeleteException when more or fewer rows would go than were proven
   */
  void delete(List<ProvenRows> tables) throws SQLException;

  /**
   * Makes sure, after the delete and right before the commit, that what is deleted will still come
   * back through capture's slot.
   *
   * @throws TableHeldException when it will not; nothing may be committed then
   */
  void checkWatched() throws SQLException, TableHeldException;

  /** Makes the deletion durable. */
  void commit() throws SQLException;

  /** Rolls back whatever is not committed. */
  @Override
  void close() throws SQLException;
}
