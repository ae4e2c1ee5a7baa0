package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.faults.FaultPlan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Does the faults of a plan in their order: one at a time, often two, a long one beside others;
 * never two to one target.
 */
final class FaultRun implements AutoCloseable {
  private final FaultHand hand;
  private final Path log;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Step> active = new HashSet<>();
  private final Map<Fault, Integer> survived = new LinkedHashMap<>();
  private final List<Throwable> failures = new ArrayList<>();

  FaultRun(FaultSite site) {
    this.hand = new FaultHand(site);
    this.log = site.installation().directory().resolve("faults.log");
  }

  /** Does these faults and returns when all are healed; fails when one could not be done. */
  void run(List<Step> steps) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (Step step : steps) {
      awaitRoom(step);
      Thread.sleep(step.pauseMillis());
      synchronized (active) {
        active.add(step);
      }
      all.add(threads.submit(() -> apply(step)));
    }
    for (Future<?> one : all) {
      one.get();
    }
    synchronized (active) {
      if (!failures.isEmpty()) {
        AssertionError failure = new AssertionError(failures.size() + " faults went wrong");
        failures.forEach(failure::addSuppressed);
        throw failure;
      }
    }
  }

  /** How many faults of each kind were done. */
  Map<Fault, Integer> survived() {
    synchronized (active) {
      return new LinkedHashMap<>(survived);
    }
  }

  private void apply(Step step) {
    try {
      note("begin", step);
      hand.apply(step);
      note("healed", step);
      synchronized (active) {
        survived.merge(step.fault(), 1, Integer::sum);
      }
    } catch (Throwable e) {
      synchronized (active) {
        failures.add(new AssertionError("fault " + step, e));
      }
    } finally {
      synchronized (active) {
        active.remove(step);
        active.notifyAll();
      }
    }
  }

  private synchronized void note(String what, Step step) throws IOException {
    Files.writeString(
        log,
        Instant.now() + " " + what + " " + step + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private void awaitRoom(Step step) throws InterruptedException {
    synchronized (active) {
      while (!room(step)) {
        active.wait();
      }
    }
  }

  private boolean room(Step step) {
    long passing = active.stream().filter(other -> !other.longOne()).count();
    return active.stream().noneMatch(other -> other.fault().target() == step.fault().target())
        && active.size() < 3
        && passing < (step.beside() ? 2 : 1);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
