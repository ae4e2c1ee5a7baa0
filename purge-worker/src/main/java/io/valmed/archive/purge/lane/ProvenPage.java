package io.valmed.archive.purge.lane;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.ProvenRows;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A page whose proof is done: locked in hot, its intent in the journal.
 *
 * @param page the hot transaction; closed already when nothing is to be deleted
 * @param decided how many roots the page decides on
 * @param kept how many of them stay, by reason
 * @param proven the proven aggregates
 * @param since as in {@link TakenPage}
 */
record ProvenPage(HotPage page, int decided, Map<Kept, Integer> kept, Proven proven, long since) {

  /**
   * Proven aggregates.
   *
   * @param aggregates how many
   * @param rows their rows, in the order of {@link AggregateTable#of}; empty: there are none
   * @param intent the journal page
   * @param roots the keys of their roots
   */
  record Proven(
      int aggregates, List<ProvenRows> rows, long intent, Supplier<List<List<String>>> roots) {
    static final Proven NONE = new Proven(0, List.of(), 0, List::of);
  }

  /** Whether nothing is to be deleted. */
  boolean empty() {
    return proven.rows().isEmpty();
  }
}
