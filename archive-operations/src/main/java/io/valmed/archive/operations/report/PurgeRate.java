package io.valmed.archive.operations.report;

import io.valmed.archive.databases.seen.PurgedRows;
import io.valmed.archive.model.TableId;
import io.valmed.archive.operations.status.judge.Words;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How fast a root table is purged.
 *
 * @param rows all that have left hot, children too
 * @param lastHour rows of the root table that left in the last hour
 * @param newest when the last ones left
 * @param secondsLeft until what is settled and cold now has left at the last hour's rate; null: it
 *     has, or nothing left in that hour
 */
record PurgeRate(long rows, long lastHour, Instant newest, @Nullable Double secondsLeft) {
  private static final double HOUR = 3600;

  /** Of a table that was never purged. */
  static final Map<String, @Nullable Object> NONE = none();

  static PurgeRate of(PurgedRows purged, long eligible) {
    long lastHour = purged.rootsOfLastHour();
    return new PurgeRate(
        purged.rows(),
        lastHour,
        purged.newest(),
        eligible == 0 || lastHour == 0 ? null : Double.valueOf(eligible * HOUR / lastHour));
  }

  String line(TableId table) {
    return "%-36s %,d rows have left hot with their children, the last at %s; %,d roots in the last hour%s"
        .formatted(
            table,
            rows,
            newest,
            lastHour,
            secondsLeft == null
                ? ""
                : "; at that rate what is settled and cold has left in "
                    + Words.seconds(secondsLeft));
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("purged_rows", rows);
    one.put("purged_last_hour", lastHour);
    one.put("last_purged_at", newest);
    one.put("seconds_left", secondsLeft);
    return one;
  }

  private static Map<String, @Nullable Object> none() {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("purged_rows", 0L);
    one.put("purged_last_hour", 0L);
    one.put("last_purged_at", null);
    one.put("seconds_left", null);
    return java.util.Collections.unmodifiableMap(one);
  }
}
