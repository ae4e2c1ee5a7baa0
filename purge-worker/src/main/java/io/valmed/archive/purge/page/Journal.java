package io.valmed.archive.purge.page;

import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** The purge journal in the archive. What a method has written is durable when it returns. */
public interface Journal {

  /**
   * Writes what is about to be deleted.
   *
   * @param root the root table
   * @param xid hot's transaction
   * @param lsn what its replication origin will have as its progress once it has committed
   * @param aggregates how many aggregates the rows are
   * @param tables the proven rows
   * @return the journal page's id
   */
  long intend(TableId root, long xid, long lsn, int aggregates, List<PageRows> tables)
      throws SQLException;

  /** Writes what became of a page. */
  void settle(long page, boolean committed) throws SQLException;

  /** Pages of this worker whose outcome is not written. */
  List<OpenPage> open() throws SQLException;

  /**
   * Pages of this worker that were committed on another timeline of this hot server, the newest
   * first.
   */
  List<OpenPage> committedBeforeFailover() throws SQLException;

  /**
   * The newest pages of this worker that were committed on this very timeline of hot, and of which
   * no row has come to the cold store.
   */
  List<OpenPage> committedHere() throws SQLException;

  /** Writes that hot has lost a page's commit, by a failover or a backup: its rows are in hot. */
  void lost(long page) throws SQLException;

  /**
   * A page whose outcome is to be found out.
   *
   * @param id the page
   * @param root the root table, as {@link TableId#toString} writes it
   * @param systemId the hot server that the transaction was on
   * @param xid the transaction
   * @param lsn its replication origin's progress if it has committed
   * @param aggregates how many aggregates
   */
  record OpenPage(long id, String root, String systemId, long xid, long lsn, int aggregates) {}

  /** Whether any row has come to the cold store that left hot in the page's transaction. */
  boolean departed(long page) throws SQLException;

  /**
   * Whether the cold store bears witness to every row of the page: each has left hot in the page's
   * transaction with the content that was proven.
   */
  boolean witnessed(long page) throws SQLException;

  /** How many rows a page has, per table as {@link TableId#toString} writes it. */
  Map<String, Long> rows(long page) throws SQLException;
}
