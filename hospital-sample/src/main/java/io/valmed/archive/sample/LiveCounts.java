package io.valmed.archive.sample;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What live traffic has committed.
 *
 * @param transactions committed transactions
 * @param refused transactions that lost to a lock or to a row that had just left hot
 * @param inserted rows, by table
 * @param updated rows, by table
 * @param deleted rows, by table
 */
public record LiveCounts(
    long transactions,
    long refused,
    Map<String, Long> inserted,
    Map<String, Long> updated,
    Map<String, Long> deleted) {

  /** Nothing yet. */
  public static final LiveCounts NONE = new LiveCounts(0, 0, Map.of(), Map.of(), Map.of());

  static final LiveCounts ONE_REFUSED = new LiveCounts(0, 1, Map.of(), Map.of(), Map.of());

  public LiveCounts {
    inserted = Map.copyOf(inserted);
    updated = Map.copyOf(updated);
    deleted = Map.copyOf(deleted);
  }

  /** All changed rows. */
  public long rows() {
    return sum(inserted) + sum(updated) + sum(deleted);
  }

  /** The counts as JSON tells them. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("transactions", transactions);
    map.put("refused", refused);
    map.put("inserted", new TreeMap<>(inserted));
    map.put("updated", new TreeMap<>(updated));
    map.put("deleted", new TreeMap<>(deleted));
    return map;
  }

  LiveCounts plus(LiveCounts more) {
    return new LiveCounts(
        transactions + more.transactions,
        refused + more.refused,
        plus(inserted, more.inserted),
        plus(updated, more.updated),
        plus(deleted, more.deleted));
  }

  private static long sum(Map<String, Long> rows) {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Long> plus(Map<String, Long> some, Map<String, Long> more) {
    Map<String, Long> all = new TreeMap<>(some);
    more.forEach((table, rows) -> all.merge(table, rows, Long::sum));
    return all;
  }
}
