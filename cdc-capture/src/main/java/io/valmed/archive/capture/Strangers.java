package io.valmed.archive.capture;

import io.valmed.archive.model.TableId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Published tables that are not in the policy: each is told of once in a while, not per row. */
final class Strangers {
  private static final long EVERY_NANOS = Duration.ofMinutes(10).toNanos();

  private final Map<TableId, Long> told = new HashMap<>();

  /** Whether a change of the table is to be told now. */
  boolean tell(TableId table) {
    long now = System.nanoTime();
    @Nullable Long last = told.get(table);
    if (last != null && now - last < EVERY_NANOS) {
      return false;
    }
    told.put(table, now);
    return true;
  }
}
