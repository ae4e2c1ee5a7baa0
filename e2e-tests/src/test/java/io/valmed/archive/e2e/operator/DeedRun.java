package io.valmed.archive.e2e.operator;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Plays rounds of deeds on one stack of servers and tells what each came to. */
final class DeedRun implements AutoCloseable {
  private final LocalStack stack;
  private final String again;
  private final DeedTable table = new DeedTable();
  private final List<String> failures = new ArrayList<>();

  /**
   * Starts the servers.
   *
   * @param again the command's options that play the same, but for the round
   */
  DeedRun(String again) {
    this.stack = LocalStack.start(StackOptions.temporary().withHotSetting("max_wal_size", "64MB"));
    this.again = again;
  }

  /** Plays the round to its end, or to its first failure. */
  void play(DeedPlan.Round round) throws Exception {
    try (Scene scene = Scene.of(stack, round.seed())) {
      scene.begin();
      LivesOracle oracle = new LivesOracle(scene);
      Deeds deeds = new Deeds(scene);
      for (Kind kind : round.deeds()) {
        String what = "%s (%s -Doperator.round=%d)".formatted(kind.words(), again, round.number());
        long begun = System.nanoTime();
        if (!succeeds(scene, oracle, deeds, kind, what)) {
          return;
        }
        System.out.printf("  %d s%n", Duration.ofNanos(System.nanoTime() - begun).toSeconds());
      }
    }
  }

  /** Whether the round can go on. */
  private boolean succeeds(Scene scene, LivesOracle oracle, Deeds deeds, Kind kind, String what) {
    try {
      deeds.perform(kind);
      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      LivesOracle.Found found = judge(scene, oracle, outcome);
      table.add(kind, outcome.word(), found);
      System.out.printf(
          "%s: %s %s, excused %d%n",
          what, outcome.word(), outcome.commands(), scene.lives().excused());
      if (found.none() && outcome.noWayOut().isEmpty()) {
        return true;
      }
      fail(what + "\n" + outcome + "\n" + found);
    } catch (Exception | AssertionError e) {
      fail(what + ": " + e + "\n" + scene.logs());
    }
    return false;
  }

  private void fail(String failure) {
    failures.add(failure);
    System.out.println(failure);
  }

  /** A purge may be under way: what is wrong must stay wrong. */
  private static LivesOracle.Found judge(Scene scene, LivesOracle oracle, Person.Outcome outcome)
      throws Exception {
    LivesOracle.Found found = oracle.judge(outcome.held(), outcome.clean());
    for (int look = 0; look < 4 && !found.none(); look++) {
      boolean unused = scene.caughtUp(Duration.ofSeconds(10));
      found = oracle.judge(outcome.held(), outcome.clean());
    }
    return found;
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  DeedTable table() {
    return table;
  }

  @Override
  public void close() {
    stack.close();
  }
}
