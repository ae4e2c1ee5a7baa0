package io.valmed.archive.operations.status;

import io.valmed.archive.operations.status.judge.Expected;
import io.valmed.archive.operations.status.judge.Judgement;
import io.valmed.archive.operations.status.judge.Window;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures every interval on a thread of its own and judges; keeps a sliding window. Never throws
 * for a server that is away.
 */
public final class StatusWatch implements AutoCloseable {
  /** How often it is measured. */
  public static final Duration INTERVAL = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(StatusWatch.class);

  private final Measuring measuring;
  private final Judgement judgement;
  private final Window window = new Window();
  private final List<Consumer<Status>> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread;
  private @Nullable Status newest;
  private long measured;
  private boolean closed;

  private StatusWatch(Settings settings, boolean counting) {
    this.measuring = new Measuring(settings, counting, InstantSource.system(), System::nanoTime);
    this.judgement = new Judgement(Expected.of(settings));
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread created = new Thread(task, "status");
              created.setDaemon(true);
              return created;
            });
  }

  /** Starts to measure, with everything that there is to know. */
  public static StatusWatch start(Settings settings) {
    return begin(new StatusWatch(settings, true));
  }

  /** Starts to measure, but for counts that read whole tables of hot. */
  public static StatusWatch startSparing(Settings settings) {
    return begin(new StatusWatch(settings, false));
  }

  private static StatusWatch begin(StatusWatch watch) {
    Future<?> unused =
        watch.thread.scheduleAtFixedRate(
            watch::measure, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  private void measure() {
    try {
      if (newest() == null) {
        // Whoever asks once is shown the tables too.
        Measurement unused = measuring.measure();
        measuring.awaitSizes();
      }
      window.add(measuring.measure());
      Status status = judgement.of(window);
      publish(status);
      for (Consumer<Status> listener : listeners) {
        listener.accept(status);
      }
    } catch (RuntimeException e) {
      // Another throw would end the measuring for good.
      log.warn("a measurement failed", e);
    }
  }

  private synchronized void publish(Status status) {
    newest = status;
    measured++;
    notifyAll();
  }

  private synchronized @Nullable Status newest() {
    return newest;
  }

  /**
   * The newest; blocks until the first is there.
   *
   * @param longest how long it may take
   * @throws IllegalStateException when none is there by then, or the watch is closed
   */
  public Status status(Duration longest) throws InterruptedException {
    return status(1, longest);
  }

  /**
   * The same, but the one that so many measurements were made for at least: what moves can be told
   * from what stands only then.
   *
   * @param longest how long that may take; the newest there is then
   */
  public synchronized Status status(int measurements, Duration longest)
      throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (measured < measurements && !closed) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        break;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    Status status = newest;
    if (status == null) {
      throw new IllegalStateException("nothing was measured within " + longest);
    }
    return status;
  }

  /** Called after each measurement, on the watch's thread: it may not take long. */
  public void onStatus(Consumer<Status> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.shutdownNow();
    measuring.close();
  }
}
