package io.valmed.archive.purge;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a page came to.
 *
 * @param looked how many roots were decided on
 * @param purged the purged rows, in the order of {@link AggregateTable#of}; empty: none
 * @param aggregates how many aggregates were purged
 * @param kept how many stay, by reason
 * @param retry proven aggregates that could not be deleted together, to be tried in parts
 * @param held why purging was held in the middle of the page; null: it was not
 * @param nanos how long it took
 */
record PageResult(
    int looked,
    List<PageRows> purged,
    int aggregates,
    Map<Kept, Integer> kept,
    List<List<String>> retry,
    @Nullable String held,
    long nanos) {

  /** A page on which nothing was purged. */
  static PageResult nothing(HotPage.Locked locked, long nanos) {
    return of(locked, List.of(), List.of(), null).plus(nanos);
  }

  static PageResult of(
      HotPage.Locked locked,
      List<PageRows> purged,
      List<List<String>> retry,
      @Nullable String held) {
    LockedPage page = locked.page();
    Map<Kept, Integer> kept = new EnumMap<>(Kept.class);
    for (int i = 0; i < page.end(); i++) {
      @Nullable Kept reason = page.kept(i);
      if (reason != null) {
        kept.merge(reason, 1, Integer::sum);
      }
    }
    return new PageResult(
        page.end(), purged, purged.isEmpty() ? 0 : page.openCount(), kept, retry, held, 0);
  }

  /** The same, having taken so much longer. */
  PageResult plus(long more) {
    return new PageResult(looked, purged, aggregates, kept, retry, held, nanos + more);
  }

  /** How many rows were purged. */
  int rows() {
    return purged.stream().mapToInt(table -> table.rows().size()).sum();
  }
}
