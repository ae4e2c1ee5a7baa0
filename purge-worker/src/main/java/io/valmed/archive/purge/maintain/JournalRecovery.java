package io.valmed.archive.purge.maintain;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.count.PurgeTally;
import io.valmed.archive.purge.page.HotPages;
import io.valmed.archive.purge.page.Journal;
import io.valmed.archive.purge.page.TransactionFate;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the outcome of journal pages that a crash or a lost answer left open. */
public final class JournalRecovery {
  private static final Logger log = LoggerFactory.getLogger(JournalRecovery.class);

  private static final int KEPT_IS_ENOUGH = 16;

  private final HotPages hot;
  private final Journal journal;
  private final PurgeTally tally;

  public JournalRecovery(HotPages hot, Journal journal, PurgeTally tally) {
    this.hot = hot;
    this.journal = journal;
    this.tally = tally;
  }

  /**
   * Asks hot what became of each open page's transaction, and the cold store where hot cannot tell.
   *
   * @throws SQLException also (55P03: try again) while one of them has not ended
   */
  public void settle() throws SQLException {
    for (Journal.OpenPage page : journal.open()) {
      switch (fate(page)) {
        case COMMITTED -> committed(page);
        case ROLLED_BACK -> rolledBack(page);
        case RUNNING ->
            throw new SQLException(
                "transaction " + page.xid() + " of an earlier session of this worker still runs",
                SqlState.LOCK_NOT_AVAILABLE);
        case FORGOTTEN -> askWitnesses(page);
      }
    }
  }

  private TransactionFate fate(Journal.OpenPage page) throws SQLException {
    if (page.systemId().equals(hot.systemId())) {
      return hot.fate(page.xid(), page.lsn());
    }
    return server(page.systemId()).equals(server(hot.systemId()))
        ? hot.fateAfterFailover(page.xid(), page.lsn())
        : TransactionFate.FORGOTTEN;
  }

  /** Without its timeline. */
  private static String server(String systemId) {
    return systemId.substring(0, systemId.indexOf('/') + 1);
  }

  private void rolledBack(Journal.OpenPage page) throws SQLException {
    // A hot database that was restored to before the page has lost it, the cold store has not.
    if (journal.departed(page.id()) || journal.witnessed(page.id())) {
      committed(page);
    } else {
      journal.settle(page.id(), false);
    }
  }

  /**
   * Finds pages whose commit was answered by a primary that is gone, and which the standby that
   * took over had not received: their rows are in hot, and no witness of them will ever come.
   *
   * @throws SQLException when hot or the archive cannot be asked
   */
  public void findLost() throws SQLException {
    int kept = 0;
    for (Journal.OpenPage page : journal.committedBeforeFailover()) {
      if (hot.fateAfterFailover(page.xid(), page.lsn()) == TransactionFate.ROLLED_BACK
          && !journal.witnessed(page.id())) {
        journal.lost(page.id());
        log.warn(
            "journal page {} of {} was lost when hot failed over; its rows are in hot, and are"
                + " purged again by a page of their own",
            page.id(),
            page.root());
      } else {
        // Lanes commit side by side: the newest that was kept may be older than one that was not.
        kept++;
        if (kept >= KEPT_IS_ENOUGH) {
          return;
        }
      }
    }
  }

  /**
   * Finds pages that were committed on this timeline, and that hot does not have since it was put
   * back to a backup from before them: their rows were in hot again.
   *
   * @throws SQLException when hot or the archive cannot be asked
   */
  public void findUndone() throws SQLException {
    // In this order: what another process of this worker commits meanwhile is not among the pages.
    List<Journal.OpenPage> pages = journal.committedHere();
    HotPages.Reached reached = hot.reached();
    for (Journal.OpenPage page : pages) {
      // One that capture had read is true of what hot was, and is no more missing than its rows.
      if (reached.lacks(page) && !journal.witnessed(page.id())) {
        journal.lost(page.id());
        log.warn(
            "hot was put back to before journal page {} of {}; its rows were in hot again, and"
                + " are purged by a page of their own",
            page.id(),
            page.root());
      }
    }
  }

  private void askWitnesses(Journal.OpenPage page) throws SQLException {
    if (journal.witnessed(page.id())) {
      committed(page);
    } else {
      log.warn(
          "hot cannot tell what became of journal page {} of {}, and the cold store does not bear"
              + " witness to all its rows (yet); it stays open",
          page.id(),
          page.root());
    }
  }

  private void committed(Journal.OpenPage page) throws SQLException {
    Map<TableId, Long> rows = new LinkedHashMap<>();
    journal.rows(page.id()).forEach((table, count) -> rows.put(TableId.parse(table), count));
    journal.settle(page.id(), true);
    tally.settled(TableId.parse(page.root()), page.aggregates(), rows);
    log.info("journal page {} of {} had been committed", page.id(), page.root());
  }
}
