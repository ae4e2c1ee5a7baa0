package io.valmed.archive.purge;

import io.valmed.archive.model.RootTable;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Two lanes, so that a page is proven while the one before it is being deleted: hot and archive
 * work at the same time. Deletes follow one another; at most one is under way.
 */
final class PurgeLanes implements AutoCloseable {
  private record Deleting(PurgeLane lane, Future<PageResult> result) {}

  private final List<PurgeLane> all;
  private final Deque<PurgeLane> free;
  private final ExecutorService deletes =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "purge-delete");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable Deleting deleting;

  PurgeLanes(PurgeLane first, PurgeLane second) {
    this.all = List.of(first, second);
    this.free = new ArrayDeque<>(all);
  }

  /** Whether a delete is under way. */
  boolean busy() {
    return deleting != null;
  }

  /** A lane at rest, for looking at the hold switch. */
  PurgeLane idle() {
    return free.getFirst();
  }

  /**
   * Proves a page and then begins to delete it, after the delete under way has ended.
   *
   * @param ended takes the result of the page before, if one was under way
   * @return the page that is now being deleted, and whose result the next call or {@link #drain}
   *     hands over
   */
  ProvenPage take(RootTable root, PageRequest request, ResultTaker ended)
      throws SQLException, TableHeldException {
    PurgeLane lane = free.getFirst();
    ProvenPage proven;
    try {
      proven = lane.prove(root, request);
    } catch (SQLException | RuntimeException e) {
      drainAfter(e, ended);
      throw e;
    } catch (TableHeldException e) {
      drain(ended);
      throw e;
    }
    boolean goOn;
    try {
      goOn = drain(ended);
    } catch (SQLException | RuntimeException e) {
      lane.abandon(proven, e);
      throw e;
    }
    if (goOn) {
      free.remove(lane);
      deleting = new Deleting(lane, deletes.submit(() -> lane.finish(proven)));
    } else {
      lane.abandon(proven);
    }
    return proven;
  }

  /** Takes a page's result. */
  @FunctionalInterface
  interface ResultTaker {
    /** Returns whether the next page may be deleted. */
    boolean take(PageResult result);
  }

  /**
   * Waits for the delete under way to end.
   *
   * @return whether the next page may be deleted
   */
  boolean drain(ResultTaker ended) throws SQLException {
    Deleting last = deleting;
    if (last == null) {
      return true;
    }
    deleting = null;
    free.addLast(last.lane());
    return ended.take(result(last.result()));
  }

  /** The same after a failure; one of the delete under way that stops the work goes first. */
  private void drainAfter(Exception failure, ResultTaker ended) throws SQLException {
    try {
      boolean unused = drain(ended);
    } catch (SQLException | RuntimeException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  private static PageResult result(Future<PageResult> future) throws SQLException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          // The page's outcome must be known; the server's timeout bounds the wait.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException sql) {
        throw sql;
      }
      if (e.getCause() instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Closes all sessions; {@link #drain} first, or what the delete under way did is not counted. */
  @Override
  public void close() {
    deletes.shutdown();
    all.forEach(PurgeLane::close);
  }
}
