package io.valmed.archive.purge.page;

import io.valmed.archive.databases.hot.AggregateTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The roots that a transaction looked at, each with what is known of it, and their locked rows. */
public final class LockedPage {
  private final List<List<String>> roots;
  private final @Nullable Kept[] kept;
  private final int[] size;
  private final List<PageRows> tables = new ArrayList<>();
  private final Map<Integer, Set<Integer>> referrers = new HashMap<>();
  private int end;

  /**
   * @param roots the keys of the roots that were looked at, locked or not
   */
  public LockedPage(List<List<String>> roots) {
    this.roots = roots;
    this.kept = new @Nullable Kept[roots.size()];
    this.size = new int[roots.size()];
    this.end = roots.size();
    Arrays.fill(size, 1);
  }

  /** How many aggregates this page decides on; those behind are left to the next page. */
  public int end() {
    return end;
  }

  /** Leaves the aggregates from that place on to the next page. */
  public void cutAt(int aggregate) {
    end = Math.min(end, aggregate);
  }

  /** How many roots were looked at. */
  public int looked() {
    return roots.size();
  }

  /** The root's key. */
  public List<String> root(int aggregate) {
    return roots.get(aggregate);
  }

  /** Keeps the aggregate in hot; the first reason stands. */
  public void keep(int aggregate, Kept reason) {
    if (kept[aggregate] == null) {
      kept[aggregate] = reason;
    }
  }

  /** The aggregate can only go when the other one, which refers to it, goes too. */
  public void refersTo(int aggregate, int referrer) {
    referrers.computeIfAbsent(aggregate, a -> new HashSet<>()).add(referrer);
  }

  /** Keeps whatever an aggregate that stays refers to, and what that refers to, and so on. */
  public void keepReferenced() {
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<Integer, Set<Integer>> entry : referrers.entrySet()) {
        if (open(entry.getKey()) && !entry.getValue().stream().allMatch(this::open)) {
          keep(entry.getKey(), Kept.REFERENCED);
          more = true;
        }
      }
    }
  }

  /** Why the aggregate stays; null: nothing speaks against its purge so far. */
  public @Nullable Kept kept(int aggregate) {
    return kept[aggregate];
  }

  /** How many of the aggregates that this page decides on stay, by reason. */
  public Map<Kept, Integer> keptCounts() {
    Map<Kept, Integer> counts = new EnumMap<>(Kept.class);
    for (int i = 0; i < end; i++) {
      @Nullable Kept reason = kept[i];
      if (reason != null) {
        counts.merge(reason, 1, Integer::sum);
      }
    }
    return counts;
  }

  /** Whether the aggregate is this page's to decide on and nothing speaks against its purge. */
  public boolean open(int aggregate) {
    return aggregate < end && kept[aggregate] == null;
  }

  /** How many aggregates are open. */
  public int openCount() {
    int count = 0;
    for (int i = 0; i < end; i++) {
      count += kept[i] == null ? 1 : 0;
    }
    return count;
  }

  /** The keys of the open aggregates' roots. */
  public List<List<String>> openRoots() {
    List<List<String>> open = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      if (kept[i] == null) {
        open.add(roots.get(i));
      }
    }
    return open;
  }

  /** The places of the open aggregates, in the order of {@link #openRoots}. */
  public int[] openPlaces() {
    return IntStream.range(0, end).filter(this::open).toArray();
  }

  /** Counts one more row of the aggregate and tells how many it has, its root included. */
  public int grow(int aggregate) {
    return ++size[aggregate];
  }

  /** Adds a table's rows; the root's first, then level by level. */
  public void add(PageRows rows) {
    tables.add(Objects.requireNonNull(rows, "rows"));
  }

  /** All locked rows, in the order of {@link AggregateTable#of}. */
  public List<PageRows> tables() {
    return tables;
  }

  /** The rows of open aggregates, in the order of {@link AggregateTable#of}. */
  public List<PageRows> openRows() {
    return tables.stream().map(table -> table.only(this::open)).toList();
  }
}
