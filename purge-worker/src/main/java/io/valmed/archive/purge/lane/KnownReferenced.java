package io.valmed.archive.purge.lane;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.WholePage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Roots that a delete was refused for because a table that the purger may not read refers to them.
 * Each refusal is an error in hot's log, so they are left alone for a while: ten minutes, then
 * twice as long each time, up to a day. Only those that are remembered are: forgetting one costs a
 * refusal.
 */
public final class KnownReferenced {
  private static final long FIRST = Duration.ofMinutes(10).toNanos();
  private static final long LONGEST = Duration.ofDays(1).toNanos();
  private static final int MOST = 100_000;

  private record Root(TableId table, List<String> key) {}

  private record Wait(long until, long length) {}

  private final LongSupplier nanos;
  private final Map<Root, Wait> roots = new LinkedHashMap<>();

  public KnownReferenced(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** The root was refused. */
  synchronized void add(TableId table, List<String> key) {
    Root root = new Root(table, key);
    Wait before = roots.remove(root);
    long length = before == null ? FIRST : Math.min(LONGEST, 2 * before.length());
    roots.put(root, new Wait(nanos.getAsLong() + length, length));
    if (roots.size() > MOST) {
      roots.remove(roots.keySet().iterator().next());
    }
  }

  /** Keeps those of the page that are not to be tried yet. */
  synchronized void keep(TableId table, LockedPage page) {
    for (int i = 0; !roots.isEmpty() && i < page.end(); i++) {
      if (waits(table, page.root(i))) {
        page.keep(i, Kept.REFERENCED);
      }
    }
  }

  /** Whether one of the page's is not to be tried yet. */
  synchronized boolean any(TableId table, WholePage page) {
    return !roots.isEmpty() && page.roots().stream().anyMatch(key -> waits(table, key));
  }

  private boolean waits(TableId table, List<String> key) {
    Wait wait = roots.get(new Root(table, key));
    return wait != null && nanos.getAsLong() - wait.until() < 0;
  }
}
