package io.valmed.archive.e2e.operator;

import io.valmed.archive.runtime.Failures;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Plays rounds of deeds on one stack of servers and tells what each came to. */
final class DeedRun implements AutoCloseable {
  /** A hold that stays, and a doctor that complains though all is well, are failures too. */
  private static final boolean STRICT = Boolean.getBoolean("operator.strict");

  private final LocalStack stack;
  private final Programs programs;
  private final StampedWorld world;
  private final String again;
  private final List<String> failures = new ArrayList<>();

  /**
   * Starts the servers.
   *
   * @param programs how the product's verbs are run
   * @param world what tables there are
   * @param again the command's options that play the same, but for the round
   */
  DeedRun(Programs programs, StampedWorld world, String again) {
    this.programs = programs;
    this.world = world;
    this.stack = LocalStack.start(StackOptions.temporary().withHotSetting("max_wal_size", "64MB"));
    this.again = again;
  }

  /** Plays the round to its end, or to its first failure; returns what each deed came to. */
  List<Tally.Played> play(DeedPlan.Round round) {
    List<Tally.Played> played = new ArrayList<>();
    Machines machines = round.needsStandby() ? Machines.withStandbys() : Machines.shared(stack);
    try (Scene scene = Scene.of(machines, programs, world, round.seed())) {
      scene.begin();
      LivesOracle oracle = new LivesOracle(scene);
      Deeds deeds = new Deeds(scene);
      for (List<DeedPlan.Deed> some : round.settledTogether()) {
        long begun = System.nanoTime();
        if (!succeed(scene, oracle, deeds, some, round.number(), played)) {
          break;
        }
        System.out.printf("  %d s%n", Duration.ofNanos(System.nanoTime() - begun).toSeconds());
      }
    } catch (Exception | AssertionError e) {
      fail("round %d: %s".formatted(round.number(), Failures.trace(e)));
    }
    return played;
  }

  /** Whether the round can go on. */
  private boolean succeed(
      Scene scene,
      LivesOracle oracle,
      Deeds deeds,
      List<DeedPlan.Deed> some,
      int round,
      List<Tally.Played> played) {
    String what =
        "%s (%s -Doperator.round=%d)"
            .formatted(
                String.join(" + ", some.stream().map(deed -> deed.kind().words()).toList()),
                again,
                round);
    try {
      for (DeedPlan.Deed deed : some) {
        deeds.perform(deed);
      }
      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      LivesOracle.Found found = judge(scene, oracle, outcome);
      if (outcome.clean() && outcome.held().isEmpty()) {
        scene.lives().settled();
      }
      some.forEach(deed -> played.add(played(round, deed.kind(), outcome.word(), found)));
      System.out.printf(
          "%s: %s %s %s, excused %d%n",
          what, outcome.word(), outcome.commands(), outcome.held(), scene.lives().excused());
      if (!outcome.clean()) {
        System.out.println(outcome.verdict());
      }
      if (found.none() && outcome.noWayOut().isEmpty() && !(STRICT && !outcome.held().isEmpty())) {
        return true;
      }
      fail(what + "\n" + outcome + "\n" + found + "\n" + scene.logs());
    } catch (Exception | AssertionError e) {
      some.forEach(
          deed -> played.add(played(round, deed.kind(), "broken", LivesOracle.Found.nothing())));
      fail(what + ": " + Failures.trace(e) + "\n" + scene.logs());
    }
    return false;
  }

  private static Tally.Played played(
      int round, Kind kind, String outcome, LivesOracle.Found found) {
    return new Tally.Played(
        round,
        kind,
        outcome,
        found.lost().size(),
        found.wronglyGone().size(),
        found.unproven().size(),
        found.untrue().size(),
        found.twice().size());
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
    if (STRICT && !outcome.ill().isEmpty()) {
      found.untrue().add("all is well, and doctor says\n" + outcome.ill());
    }
    return found;
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    stack.close();
  }
}
