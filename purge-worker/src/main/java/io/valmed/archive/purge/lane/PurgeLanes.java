package io.valmed.archive.purge.lane;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.page.LockedRoots;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.WholePage;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Four lanes, so that one page is locked in hot while the two before it are proven in the archive
 * and the one before those is deleted. Locks follow one another in the order of the pages, and so
 * do deletes: a page that is proven waits for those before it.
 */
public final class PurgeLanes implements AutoCloseable {
  /** How many lanes there are. */
  public static final int COUNT = 4;

  /** The archive has about as much to do for a page as hot has, in two steps. */
  private static final int PROOFS = 2;

  /**
   * A page under way.
   *
   * @param rowByRow whether its rows are kept one by one, which takes memory
   * @param result empty when the page was given up because of one before it
   */
  private record UnderWay(
      PurgeLane lane, boolean rowByRow, CompletableFuture<Optional<PageResult>> result) {}

  private final List<PurgeLane> all;
  private final Deque<PurgeLane> free;
  private final Deque<UnderWay> underWay = new ArrayDeque<>();
  private final ExecutorService proofs = threads("purge-proof", PROOFS);
  private final ExecutorService deletes = threads("purge-delete", 1);
  private CompletableFuture<Void> lastProof = CompletableFuture.completedFuture(null);
  private long pages;

  // Once a page has failed or is held, none behind it is proven, or deleted.
  private final AtomicLong noProofBehind = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean noMoreDeletes;

  public PurgeLanes(List<PurgeLane> all) {
    this.all = List.copyOf(all);
    this.free = new ArrayDeque<>(all);
  }

  private static ExecutorService threads(String name, int count) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    // Now: a page that found no thread would wait for ever.
    int unused = threads.prestartAllCoreThreads();
    return threads;
  }

  /** Takes a page's result. */
  @FunctionalInterface
  public interface ResultTaker {
    void take(PageResult result);
  }

  /** Whether a page is under way. */
  public boolean busy() {
    return !underWay.isEmpty();
  }

  /** A lane at rest, for looking at the hold switch; after {@link #awaitFree}. */
  public PurgeLane idle() {
    return free.getFirst();
  }

  /**
   * Waits until a lane is free and there is memory for another page, and takes the results that are
   * there.
   *
   * @throws TableHeldException of a page; none is under way any more then
   * @throws SQLException the same
   */
  public void awaitFree(ResultTaker ended) throws SQLException, TableHeldException {
    while (free.isEmpty()
        || (busy() && underWay.getFirst().result().isDone())
        || underWay.stream().filter(UnderWay::rowByRow).count() > 1) {
      takeOldest(ended);
    }
  }

  /**
   * Locks a page, which is then proven and deleted after those before it; {@link #awaitFree} or
   * {@link #drain} hands its result over.
   *
   * @throws TableHeldException when it cannot be; no page is under way any more then
   * @throws SQLException the same
   */
  public LockedRoots take(RootTable root, PageRequest request, ResultTaker ended)
      throws SQLException, TableHeldException {
    PurgeLane lane = free.getFirst();
    TakenPage taken;
    try {
      taken = lane.lock(root, request);
    } catch (SQLException | TableHeldException | RuntimeException e) {
      drainBefore(e, ended);
      throw e;
    }
    free.removeFirst();
    CompletableFuture<Optional<PageResult>> result = new CompletableFuture<>();
    underWay.addLast(new UnderWay(lane, !(taken.locked() instanceof WholePage), result));
    CompletableFuture<Void> before = lastProof;
    CompletableFuture<Void> over = new CompletableFuture<>();
    lastProof = over;
    long number = pages++;
    Future<?> unused =
        proofs.submit(
            () -> {
              try {
                prove(lane, number, taken, before, result);
              } finally {
                over.complete(null);
              }
            });
    return taken.locked();
  }

  /**
   * Proves a page, and hands it on once those before it have been.
   *
   * @param before is completed when they have been, or have failed
   */
  private void prove(
      PurgeLane lane,
      long number,
      TakenPage taken,
      CompletableFuture<Void> before,
      CompletableFuture<Optional<PageResult>> result) {
    try {
      if (stopped(number)) {
        lane.abandon(taken);
        result.complete(Optional.empty());
        return;
      }
      ProvenPage proven = lane.prove(taken);
      before.join();
      if (stopped(number)) {
        lane.abandon(proven);
        result.complete(Optional.empty());
        return;
      }
      Future<?> unused = deletes.submit(() -> finish(lane, proven, result));
    } catch (Throwable e) {
      // An Error too: somebody waits for the page's outcome.
      noProofBehind.accumulateAndGet(number, Math::min);
      result.completeExceptionally(e);
    }
  }

  private boolean stopped(long number) {
    return noMoreDeletes || number > noProofBehind.get();
  }

  private void finish(
      PurgeLane lane, ProvenPage proven, CompletableFuture<Optional<PageResult>> result) {
    try {
      if (noMoreDeletes) {
        lane.abandon(proven);
        result.complete(Optional.empty());
        return;
      }
      PageResult done = lane.finish(proven);
      noMoreDeletes = done.held() != null;
      result.complete(Optional.of(done));
    } catch (Throwable e) {
      noMoreDeletes = true;
      result.completeExceptionally(e);
    }
  }

  /**
   * Waits for all pages under way to end.
   *
   * @throws TableHeldException of the first page that failed so
   * @throws SQLException the same
   */
  public void drain(ResultTaker ended) throws SQLException, TableHeldException {
    while (busy()) {
      takeOldest(ended);
    }
    noProofBehind.set(Long.MAX_VALUE);
    noMoreDeletes = false;
  }

  private void takeOldest(ResultTaker ended) throws SQLException, TableHeldException {
    UnderWay oldest = underWay.removeFirst();
    try {
      result(oldest.result()).ifPresent(ended::take);
      free.addLast(oldest.lane());
    } catch (SQLException | TableHeldException | RuntimeException e) {
      free.addLast(oldest.lane());
      drainAfter(e, ended);
      throw e;
    }
  }

  /** The pages before a failure end as they would have; one of them that fails goes first. */
  private void drainBefore(Exception failure, ResultTaker ended)
      throws SQLException, TableHeldException {
    try {
      drain(ended);
    } catch (SQLException | TableHeldException | RuntimeException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  /** The pages behind a failure end too; its cause is the one to be told. */
  private void drainAfter(Exception failure, ResultTaker ended) {
    noProofBehind.set(-1);
    try {
      drain(ended);
    } catch (SQLException | TableHeldException e) {
      failure.addSuppressed(e);
    } catch (RuntimeException e) {
      // Something unforeseen, or a reason to stop: told before any reason to wait.
      e.addSuppressed(failure);
      throw e;
    }
  }

  private static Optional<PageResult> result(Future<Optional<PageResult>> future)
      throws SQLException, TableHeldException {
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
      if (e.getCause() instanceof TableHeldException held) {
        throw held;
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

  /** Closes all sessions; {@link #drain} first, or what the pages under way did is not counted. */
  @Override
  public void close() {
    proofs.shutdown();
    deletes.shutdown();
    all.forEach(PurgeLane::close);
  }
}
