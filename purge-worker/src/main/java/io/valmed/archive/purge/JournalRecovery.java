package io.valmed.archive.purge;

import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the outcome of journal pages that a crash or a lost answer left open. */
final class JournalRecovery {
  private static final Logger log = LoggerFactory.getLogger(JournalRecovery.class);

  private final HotPages hot;
  private final Journal journal;
  private final PurgeTally tally;

  JournalRecovery(HotPages hot, Journal journal, PurgeTally tally) {
    this.hot = hot;
    this.journal = journal;
    this.tally = tally;
  }

  /**
   * Asks hot what became of each open page's transaction, and the cold store where hot cannot tell.
   *
   * @throws SQLException also (55P03: try again) while one of them has not ended
   */
  void settle() throws SQLException {
    for (Journal.OpenPage page : journal.open()) {
      TransactionFate fate =
          page.systemId().equals(hot.systemId())
              ? hot.fate(page.xid(), page.lsn())
              : TransactionFate.FORGOTTEN;
      switch (fate) {
        case COMMITTED -> committed(page);
        case ROLLED_BACK -> journal.settle(page.id(), false);
        case RUNNING ->
            throw new SQLException(
                "transaction " + page.xid() + " of an earlier session of this worker still runs",
                "55P03");
        case FORGOTTEN -> askWitnesses(page);
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
