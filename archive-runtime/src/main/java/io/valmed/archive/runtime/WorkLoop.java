package io.valmed.archive.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a service's work until it is done, is told to stop, or a person must act.
 *
 * <p>Runs on the thread that calls {@link #run()}; {@link #requestStop()} and {@link #state()} may
 * be called from any other.
 */
public final class WorkLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(WorkLoop.class);

  private final String name;
  private final Work.Source source;
  private final Duration idle;
  private final Backoff backoff;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Reminder waiting;
  private final LifeSign life;
  private volatile LoopState state = new LoopState.Starting();

  /**
   * @param name the service's name in logs: {@code capture}, {@code sink}, {@code purge}
   * @param source opens the work
   * @param idle how long to wait after a step that found nothing to do
   * @param backoff the waits between attempts after a failure that passes by itself
   */
  public WorkLoop(String name, Work.Source source, Duration idle, Backoff backoff) {
    this(name, source, idle, backoff, System::nanoTime);
  }

  /**
   * The same, which gives signs of life.
   *
   * @param life is given at each turn
   */
  public WorkLoop(String name, Work.Source source, Duration idle, Backoff backoff, LifeSign life) {
    this(name, source, idle, backoff, System::nanoTime, life);
  }

  /**
   * The same with another clock.
   *
   * @param nanos a clock that nobody sets
   */
  public WorkLoop(
      String name, Work.Source source, Duration idle, Backoff backoff, LongSupplier nanos) {
    this(name, source, idle, backoff, nanos, new LifeSign(name, System::nanoTime));
  }

  private WorkLoop(
      String name,
      Work.Source source,
      Duration idle,
      Backoff backoff,
      LongSupplier nanos,
      LifeSign life) {
    this.life = Objects.requireNonNull(life, "life");
    this.waiting = new Reminder(nanos);
    this.name = Objects.requireNonNull(name, "name");
    this.source = Objects.requireNonNull(source, "source");
    this.idle = Objects.requireNonNull(idle, "idle");
    this.backoff = Objects.requireNonNull(backoff, "backoff");
  }

  /** How the work goes now. */
  public LoopState state() {
    return state;
  }

  /** Lets the step under way end, then ends the loop. */
  public void requestStop() {
    stop.countDown();
  }

  /** Whether a stop was requested. */
  public boolean stopping() {
    return stop.getCount() == 0;
  }

  @Override
  public void run() {
    int attempt = 0;
    while (!stopping() && !state.ended()) {
      life.give();
      try (Work work = source.open()) {
        life.give();
        enter(new LoopState.Running());
        attempt = 0;
        stepUntilEnd(work);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        requestStop();
      } catch (Exception | Error e) {
        if (stopping() && Thread.currentThread().isInterrupted()) {
          log.debug("{} was interrupted, since it did not end by itself", name, e);
        } else {
          // Whatever it is: a loop that has ended must not look as if it ran.
          attempt++;
          afterFailure(e, attempt);
        }
      }
    }
    if (!state.ended()) {
      enter(new LoopState.Stopped());
    }
    life.rest();
  }

  private void stepUntilEnd(Work work) throws Exception {
    while (!stopping()) {
      life.give();
      Work.Next next = work.step();
      if (waiting.over()) {
        // Told only now: what opens again and again, and fails at its first step, still waits.
        report(state);
      }
      switch (next) {
        case AGAIN -> {}
        case IDLE -> pause(idle);
        case DONE -> {
          enter(new LoopState.Done());
          return;
        }
      }
    }
  }

  private void afterFailure(Throwable failure, int attempt) {
    if (FailureKind.of(failure) == FailureKind.RETRY) {
      Duration wait = backoff.wait(attempt);
      enter(new LoopState.Waiting(failure, attempt));
      log.debug("{} failed and tries again", name, failure);
      try {
        pause(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        requestStop();
      }
    } else {
      enter(new LoopState.Failed(failure));
    }
  }

  private void pause(Duration wait) throws InterruptedException {
    life.give(wait.plus(LifeSign.SOON));
    boolean unused = stop.await(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void enter(LoopState next) {
    LoopState previous = state;
    state = next;
    if (next instanceof LoopState.Waiting) {
      // The sentence is another one at every attempt, when a server goes down by and by.
      if (waiting.due("waits")) {
        report(next);
      }
    } else if (!(previous instanceof LoopState.Waiting && next instanceof LoopState.Running)
        && !previous.getClass().equals(next.getClass())) {
      report(next);
    }
  }

  private void report(LoopState now) {
    @Nullable Throwable failure = now.failure();
    if (now instanceof LoopState.Failed) {
      log.error("{} stopped: {}", name, now.describe());
      if (failure != null && !(failure instanceof StopException && failure.getCause() == null)) {
        log.debug("{} stopped at\n{}", name, Failures.trace(failure));
      }
    } else if (failure != null) {
      log.warn("{} {}", name, now.describe());
    } else {
      log.info("{} {}", name, now.describe());
    }
  }
}
