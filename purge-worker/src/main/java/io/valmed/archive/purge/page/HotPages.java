package io.valmed.archive.purge.page;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.policy.RootTable;
import java.sql.SQLException;

/** The hot database as the purge sees it. One transaction at a time; used by one thread. */
public interface HotPages extends AutoCloseable {

  /** The hot server's system identifier. */
  String systemId();

  /** Which database it is, in words: {@code hot (host:5432, database hospital)}. */
  String place();

  /**
   * Begins a transaction that holds the tables of the root's aggregates against DDL, and reads
   * their shapes.
   *
   * @throws TableHeldException when something in the catalogs speaks against deleting there; no
   *     transaction is open then
   */
  HotPage begin(RootTable root) throws SQLException, TableHeldException;

  /**
   * What became of a transaction.
   *
   * @param xid as {@link HotPage.Locked} told it
   * @param lsn as {@link HotPage.Locked} told it
   */
  TransactionFate fate(long xid, long lsn) throws SQLException;

  /** As {@link #fate}, of a transaction that was on an earlier timeline of this server. */
  TransactionFate fateAfterFailover(long xid, long lsn) throws SQLException;

  /** How far hot has come now. */
  Reached reached() throws SQLException;

  /**
   * How far a hot database has come. One that was put back to an older state of itself has come
   * less far than pages that were committed since, until it gives out their numbers again.
   *
   * @param progress of this worker's replication origin; 0: none, as of an origin made anew
   * @param lsn where its WAL ends
   * @param nextXid no transaction of this number or a later one has ended
   */
  record Reached(long progress, long lsn, long nextXid) {

    /** Whether it cannot have the commit of the page. */
    public boolean lacks(Journal.OpenPage page) {
      return Long.compareUnsigned(page.lsn(), lsn) > 0
          || Long.compareUnsigned(page.xid(), nextXid) >= 0
          || (progress != 0 && Long.compareUnsigned(page.lsn(), progress) > 0);
    }
  }

  @Override
  void close();
}
