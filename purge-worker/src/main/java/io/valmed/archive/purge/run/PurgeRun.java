package io.valmed.archive.purge.run;

import io.valmed.archive.databases.cold.ColdCursor;
import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeMetrics;
import io.valmed.archive.purge.count.PurgeTally;
import io.valmed.archive.purge.lane.PageResult;
import io.valmed.archive.purge.lane.PurgeLanes;
import io.valmed.archive.purge.pace.PageSize;
import io.valmed.archive.purge.pace.Throttle;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedRoots;
import io.valmed.archive.purge.page.PageRequest;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk over all root tables, oldest roots first. A cursor steps over roots that must stay, so
 * that a page full of them holds up nobody; the next run begins with the oldest again.
 */
public final class PurgeRun {
  private static final Logger log = LoggerFactory.getLogger(PurgeRun.class);

  private static final int PAGE_ROWS = 16_000;

  /** Of the first pages, before it is known how many rows a root has. */
  private static final int FIRST_ROOTS = 50;

  private final Deque<RootTable> left;
  private final PurgeLanes lanes;
  private final PurgeTally tally;
  private final PurgeMetrics metrics;
  private final PageSize size;
  private final Throttle throttle;
  private final Deque<List<List<String>>> parts = new ArrayDeque<>();
  private @Nullable ColdCursor cursor;
  private boolean begun;
  private boolean lastPage;
  private boolean waits;
  private boolean held;
  private @Nullable String heldNow;
  private double rowsPerRoot;

  public PurgeRun(
      List<RootTable> roots,
      PurgeLanes lanes,
      PurgeTally tally,
      PurgeMetrics metrics,
      PageSize size,
      Throttle throttle) {
    this.left = new ArrayDeque<>(roots);
    this.lanes = lanes;
    this.tally = tally;
    this.metrics = metrics;
    this.size = size;
    this.throttle = throttle;
    if (roots.isEmpty()) {
      tally.ran();
    }
  }

  /** Whether every root table has been walked to its end. */
  boolean ended() {
    return left.isEmpty();
  }

  /** Whether something stayed that may go by itself later. */
  boolean waits() {
    return waits;
  }

  /** Whether a hold kept it from some table. */
  boolean held() {
    return held;
  }

  /** Takes the next page; the one before may still be under way when this returns. */
  void step() throws SQLException {
    try {
      takePage();
    } catch (SQLException | RuntimeException e) {
      size.failed();
      throw e;
    }
  }

  private void takePage() throws SQLException {
    RootTable root = left.getFirst();
    if (!begun) {
      begun = true;
      tally.begin(root.table());
    }
    heldNow = null;
    try {
      lanes.awaitFree(result -> ended(root, result));
      if (heldNow == null) {
        heldNow = lanes.idle().held(tables(root));
      }
      if (heldNow == null && (!lastPage || !parts.isEmpty())) {
        PageRequest request = next();
        locked(request, lanes.take(root, request, result -> ended(root, result)));
        if (throttle.limited()) {
          // Nobody is in a hurry: one page at a time, and each is counted before the next begins.
          lanes.drain(result -> ended(root, result));
        }
      } else {
        lanes.drain(result -> ended(root, result));
      }
    } catch (TableHeldException e) {
      waits |= e.waits();
      if (nextRoot(root, e.getMessage(), true)) {
        log.warn("nothing of {} is purged: {}", root.table(), e.getMessage(), e.getCause());
      }
      return;
    }
    if (heldNow != null) {
      held = true;
      if (nextRoot(root, heldNow, false)) {
        log.info("purging of {} is held: {}", root.table(), heldNow);
      }
    } else if (lastPage && parts.isEmpty() && !lanes.busy() && nextRoot(root, null, false)) {
      log.info("purging of {} goes on", root.table());
    }
  }

  /** Lets the page under way end. */
  void drain() throws SQLException {
    if (!left.isEmpty()) {
      try {
        lanes.drain(result -> ended(left.getFirst(), result));
      } catch (TableHeldException e) {
        log.warn("nothing of {} is purged: {}", left.getFirst().table(), e.getMessage());
      }
    }
  }

  private PageRequest next() {
    @Nullable List<List<String>> part = parts.pollFirst();
    return part != null
        ? new PageRequest.These(part)
        : new PageRequest.Next(cursor, throttle.most(fitting(size.roots()), rowsPerRoot));
  }

  /** At most that many roots, so that the page is not too large to be taken as a whole. */
  private int fitting(int roots) {
    return rowsPerRoot == 0
        ? Math.min(roots, FIRST_ROOTS)
        : (int) Math.max(1, Math.min(roots, PAGE_ROWS / rowsPerRoot));
  }

  private void locked(PageRequest request, LockedRoots locked) {
    int decided = locked.decided();
    if (request instanceof PageRequest.These these) {
      if (decided < these.keys().size()) {
        parts.addFirst(these.keys().subList(decided, these.keys().size()));
      }
    } else if (locked.last()) {
      lastPage = true;
    } else {
      cursor = locked.cursor();
    }
  }

  private void ended(RootTable root, PageResult result) {
    tally.page(root.table(), result);
    metrics.page(result.nanos());
    size.took(result.nanos(), result.looked());
    throttle.took(result.rows());
    if (result.aggregates() > 0) {
      rowsPerRoot = (double) result.rows() / result.aggregates();
    }
    waits |= result.kept().keySet().stream().anyMatch(Kept::waits);
    split(result.retry());
    if (result.held() != null) {
      heldNow = result.held();
    }
  }

  private void split(List<List<String>> roots) {
    if (roots.size() > 1) {
      int half = roots.size() / 2;
      parts.addFirst(List.copyOf(roots.subList(half, roots.size())));
      parts.addFirst(List.copyOf(roots.subList(0, half)));
    }
  }

  /** Runs come many times a minute: only what differs from the one before is told. */
  private boolean nextRoot(RootTable root, @Nullable String reason, boolean obstructed) {
    boolean changed = tally.end(root.table(), reason, obstructed);
    left.removeFirst();
    if (left.isEmpty()) {
      tally.ran();
    }
    cursor = null;
    parts.clear();
    lastPage = false;
    begun = false;
    rowsPerRoot = 0;
    return changed;
  }

  private static List<TableId> tables(RootTable root) {
    return AggregateTable.of(root).stream().map(AggregateTable::table).toList();
  }
}
