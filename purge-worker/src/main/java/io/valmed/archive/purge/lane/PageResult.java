package io.valmed.archive.purge.lane;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.ProvenRows;
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
 * @param nanos how long it took, from its first lock on
 */
public record PageResult(
    int looked,
    List<ProvenRows> purged,
    int aggregates,
    Map<Kept, Integer> kept,
    List<List<String>> retry,
    @Nullable String held,
    long nanos) {

  /** All proven rows are gone. */
  static PageResult purged(ProvenPage page) {
    return of(page, page.proven().rows(), page.proven().aggregates(), List.of(), null);
  }

  /** Nothing was purged. */
  static PageResult nothing(ProvenPage page) {
    return of(page, List.of(), 0, List.of(), null);
  }

  /** Nothing was purged, because of a hold. */
  static PageResult held(ProvenPage page, String why) {
    return of(page, List.of(), 0, List.of(), why);
  }

  /** Nothing was purged; the proven aggregates are to be tried in parts. */
  static PageResult again(ProvenPage page, List<List<String>> roots) {
    return of(page, List.of(), 0, roots, null);
  }

  private static PageResult of(
      ProvenPage page,
      List<ProvenRows> purged,
      int aggregates,
      List<List<String>> retry,
      @Nullable String held) {
    long nanos = System.nanoTime() - page.since();
    return new PageResult(page.decided(), purged, aggregates, page.kept(), retry, held, nanos);
  }

  /** The same with one more aggregate that stays. */
  PageResult keeping(Kept reason) {
    Map<Kept, Integer> more = new EnumMap<>(Kept.class);
    more.putAll(kept);
    more.merge(reason, 1, Integer::sum);
    return new PageResult(looked, purged, aggregates, more, retry, held, nanos);
  }

  /** How many rows were purged. */
  public int rows() {
    return purged.stream().mapToInt(ProvenRows::count).sum();
  }
}
