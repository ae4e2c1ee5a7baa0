package io.valmed.archive.sink.apply;

import io.valmed.archive.runtime.LifeSign;
import io.valmed.archive.sink.read.Poisoned;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that uses the archive, so that the next batch is read while the last one is being
 * applied. At most one batch is under way.
 */
public final class ArchiveThread implements AutoCloseable {
  private static final Duration LAST_BATCH = Duration.ofSeconds(20);

  /** Counting a large table, waiting for a lock; then the archive's silence ends the session. */
  private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(150);

  /** Is told of every batch that has been applied, on the archive's thread. */
  @FunctionalInterface
  public interface Listener {
    void applied(Batch batch, List<Poisoned> poisoned, Duration took);
  }

  /** What the other thread does while it waits for this one. */
  @FunctionalInterface
  public interface WorkMeanwhile {
    void run() throws Exception;
  }

  private final Archive archive;
  private final Listener listener;
  private final ExecutorService thread;
  private final LifeSign waiting;
  private final LifeSign working;
  private @Nullable Future<?> underWay;

  /**
   * @param waiting is given while the other thread waits for this one
   * @param working is given by this one, and rests while it has nothing to do
   */
  public ArchiveThread(Archive archive, Listener listener, LifeSign waiting, LifeSign working) {
    this.waiting = waiting;
    this.working = working;
    this.archive = archive;
    this.listener = listener;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, "sink-archive");
              created.setDaemon(true);
              return created;
            });
  }

  /** Whether a batch is still being applied. */
  public boolean busy() {
    return underWay != null && !underWay.isDone();
  }

  /** Begins to apply the batch; the one before must have been seen to its end. */
  public void submit(Batch batch) {
    if (underWay != null) {
      throw new IllegalStateException("a batch is still under way");
    }
    underWay =
        submit(
            () -> {
              long begun = System.nanoTime();
              List<Poisoned> poisoned = archive.apply(batch);
              listener.applied(batch, poisoned, Duration.ofNanos(System.nanoTime() - begun));
              return true;
            });
  }

  /**
   * Waits for the batch under way, if there is one.
   *
   * @return false when it is still not applied after that time
   * @throws Exception what applying it threw
   */
  public boolean finished(Duration wait) throws Exception {
    if (underWay == null) {
      return true;
    }
    try {
      underWay.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      waiting.give();
      return false;
    } catch (ExecutionException e) {
      underWay = null;
      throw unwrapped(e);
    }
    underWay = null;
    return true;
  }

  /** Waits for the batch under way and leaves what it threw for {@link #finished}. */
  public void settle(Duration wait) {
    if (underWay == null) {
      return;
    }
    try {
      underWay.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has the archive's thread do something between batches, and waits for it. */
  public <T> T call(Callable<T> deed) throws Exception {
    return call(deed, () -> {});
  }

  /** As {@link #call(Callable)}; meanwhile does something every second. */
  public <T> T call(Callable<T> deed, WorkMeanwhile meanwhile) throws Exception {
    Future<T> done = submit(deed);
    while (true) {
      try {
        return done.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        waiting.give();
        meanwhile.run();
      } catch (ExecutionException e) {
        throw unwrapped(e);
      }
    }
  }

  private <T> Future<T> submit(Callable<T> deed) {
    return thread.submit(
        () -> {
          working.give(LONGEST_STATEMENT);
          try {
            return deed.call();
          } finally {
            working.rest();
          }
        });
  }

  /** The archive; to be used inside {@link #call} only. */
  public Archive archive() {
    return archive;
  }

  /** Lets the batch under way end, for a while, then closes the archive under it. */
  @Override
  public void close() {
    settle(LAST_BATCH);
    archive.close();
    thread.shutdownNow();
  }

  private static Exception unwrapped(ExecutionException e) {
    return e.getCause() instanceof Exception cause ? cause : e;
  }
}
