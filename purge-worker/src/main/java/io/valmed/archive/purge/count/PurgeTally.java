package io.valmed.archive.purge.count;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.lane.PageResult;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.ProvenRows;
import io.valmed.archive.runtime.Reminder;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Counts what the service does; outlives its reconnections and may be read by any thread. */
public final class PurgeTally {
  private static final class RootTally {
    long aggregates;
    Map<Kept, Long> running = new EnumMap<>(Kept.class);
    Map<Kept, Long> newest = Map.of();
    @Nullable String held;
    boolean obstructed;
    final Reminder waits;

    RootTally(LongSupplier nanos) {
      waits = new Reminder(nanos);
    }
  }

  private final Map<TableId, Long> rows = new LinkedHashMap<>();
  private final LongSupplier nanos;
  private final Map<TableId, RootTally> roots = new LinkedHashMap<>();
  private long ranAt;

  /**
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public PurgeTally(Policy policy, LongSupplier nanos) {
    this.nanos = nanos;
    this.ranAt = nanos.getAsLong();
    for (PolicyTable table : policy.tables()) {
      if (table.role().purgeable()) {
        rows.put(table.table(), 0L);
      }
    }
    for (RootTable root : policy.roots()) {
      roots.put(root.table(), new RootTally(nanos));
    }
  }

  public synchronized void begin(TableId root) {
    tally(root).running = new EnumMap<>(Kept.class);
  }

  public synchronized void page(TableId root, PageResult result) {
    RootTally tally = tally(root);
    result.kept().forEach((reason, count) -> tally.running.merge(reason, (long) count, Long::sum));
    tally.aggregates += result.aggregates();
    for (ProvenRows table : result.purged()) {
      rows.merge(table.shape().table(), (long) table.count(), Long::sum);
    }
  }

  /** Counts a page that an earlier attempt had committed without learning of it. */
  public synchronized void settled(TableId root, int aggregates, Map<TableId, Long> purged) {
    tally(root).aggregates += aggregates;
    purged.forEach((table, count) -> rows.merge(table, count, Long::sum));
  }

  /**
   * The run is through with the root table.
   *
   * @param held why it left rows that it would have taken; null: nothing kept it
   * @param obstructed whether that is something else than a hold, which may be asked for
   * @return whether that is to be told: the run before ended otherwise, or it has lasted for ten
   *     minutes since it was told
   */
  public synchronized boolean end(TableId root, @Nullable String held, boolean obstructed) {
    RootTally tally = tally(root);
    tally.newest = new HashMap<>(tally.running);
    tally.held = held;
    tally.obstructed = obstructed;
    return held == null ? tally.waits.over() : tally.waits.due(held);
  }

  /** Whether something else than a hold kept the newest run from the root table. */
  synchronized boolean obstructed(TableId root) {
    return tally(root).obstructed;
  }

  /** A run has been through all root tables. */
  public synchronized void ran() {
    ranAt = nanos.getAsLong();
  }

  /** How many seconds ago a run was last through all root tables; at first, since the start. */
  synchronized double secondsSinceRun() {
    return (nanos.getAsLong() - ranAt) / 1e9;
  }

  public synchronized PurgeCounts counts() {
    Map<TableId, PurgeCounts.Root> all = new LinkedHashMap<>();
    roots.forEach(
        (table, tally) ->
            all.put(table, new PurgeCounts.Root(tally.aggregates, tally.newest, tally.held)));
    return new PurgeCounts(rows, all);
  }

  private RootTally tally(TableId root) {
    return roots.computeIfAbsent(root, table -> new RootTally(nanos));
  }
}
