package io.valmed.archive.demo;

import io.valmed.archive.operations.verify.VerificationResult;
import io.valmed.archive.sample.LiveCounts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the demo has shown. Each map is per table. What was purged, witnessed and archived counts
 * over the archive's whole life: in a kept directory, over all runs.
 *
 * @param loaded rows loaded by this run
 * @param archived rows in the archive, mirror and cold store together
 * @param purged rows that purge has deleted from hot, by its journal
 * @param witnessed purged rows whose departure stands in the cold store, equal
 * @param hot rows in hot
 * @param live what live traffic has committed
 * @param unaccounted rows that were committed in hot and stand nowhere in the archive, by the count
 *     of what was loaded and inserted
 * @param eligibleLeft settled, cold aggregates still in hot
 * @param openPages journal pages whose outcome is unknown
 * @param verification all hot rows compared with the mirror, at the end
 */
public record DemoResult(
    Map<String, Long> loaded,
    Map<String, Long> archived,
    Map<String, Long> purged,
    Map<String, Long> witnessed,
    Map<String, Long> hot,
    LiveCounts live,
    long unaccounted,
    long eligibleLeft,
    long openPages,
    VerificationResult verification) {

  /** Whether every check held. */
  public boolean verified() {
    return unaccounted == 0
        && eligibleLeft == 0
        && openPages == 0
        && verification.clean()
        && verification.tables().stream().allMatch(t -> t.inFlight() == 0)
        && purged.equals(witnessed);
  }

  /** Hot rows that were compared with the archive. */
  long compared() {
    return verification.tables().stream().mapToLong(VerificationResult.Table::rows).sum();
  }

  /** Rows that are missing in the archive, differ, or are in the mirror only. */
  long mismatched() {
    return verification.tables().stream()
        .mapToLong(t -> t.missing() + t.differs() + t.extra())
        .sum();
  }

  /**
   * The object that {@code --json} prints.
   *
   * @param seconds from the demo's start to its end
   */
  public Map<String, Object> toMap(double seconds) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("loaded", new TreeMap<>(loaded));
    map.put("archived", new TreeMap<>(archived));
    map.put("purged", new TreeMap<>(purged));
    map.put("witnessed", new TreeMap<>(witnessed));
    map.put("hot", new TreeMap<>(hot));
    map.put("live", live.toMap());
    map.put("unaccounted", unaccounted);
    map.put("eligible_left", eligibleLeft);
    map.put("open_pages", openPages);
    map.put("compared", compared());
    map.put("mismatched", mismatched());
    map.put("verified", verified());
    map.put("seconds", Math.round(seconds * 10) / 10.0);
    return map;
  }
}
