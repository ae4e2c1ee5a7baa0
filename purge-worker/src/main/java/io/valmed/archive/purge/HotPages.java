package io.valmed.archive.purge;

import io.valmed.archive.model.RootTable;
import java.sql.SQLException;

/** The hot database as the purge sees it. One transaction at a time; used by one thread. */
public interface HotPages extends AutoCloseable {

  /** The hot server's system identifier. */
  String systemId();

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

  @Override
  void close();
}
