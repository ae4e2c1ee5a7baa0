package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A run of what people do, as long as {@code -Doperator} says; without it none. A failure prints
 * the seed and the round: {@code -Doperator.round} does that round alone.
 */
class OperatorsWorldTest {
  private static final long SEED = Long.getLong("seed", 20261127L);
  private static final int DEEDS = Integer.getInteger("operator", 0);
  private static final int ONLY = Integer.getInteger("operator.round", -1);
  private static final int ROUND = Integer.getInteger("operator.length", 4);
  private static final String ONE_KIND = System.getProperty("operator.kind", "");

  private final DeedTable table = new DeedTable();
  private final List<String> failures = new ArrayList<>();

  @Test
  void what_people_do_between_two_lives_loses_nothing() throws Exception {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    assumeThat(DEEDS).as("deeds, by -Doperator=N").isPositive();
    DeedPlan plan = DeedPlan.draw(SEED, DEEDS, ROUND, kinds());
    System.out.printf(
        "seed %1$d; again: mvn -Psoak verify -pl e2e-tests -am -Doperator=%2$d -Dseed=%1$d%n",
        SEED, DEEDS);
    try (LocalStack stack =
        LocalStack.start(StackOptions.temporary().withHotSetting("max_wal_size", "64MB"))) {
      for (DeedPlan.Round round : plan.rounds()) {
        if (ONLY < 0 || round.number() == ONLY) {
          round(stack, round);
        }
      }
    }
    System.out.println(table);
    assertThat(failures).isEmpty();
  }

  private static List<Kind> kinds() {
    if (!ONE_KIND.isEmpty()) {
      return List.of(Kind.valueOf(ONE_KIND));
    }
    return List.of(Kind.values());
  }

  private void round(LocalStack stack, DeedPlan.Round round) throws Exception {
    try (Scene scene = Scene.of(stack, round.seed())) {
      scene.begin();
      LivesOracle oracle = new LivesOracle(scene);
      Deeds deeds = new Deeds(scene);
      for (Kind kind : round.deeds()) {
        if (!deed(scene, oracle, deeds, round, kind)) {
          return;
        }
      }
    }
  }

  /** Whether the round can go on. */
  private boolean deed(
      Scene scene, LivesOracle oracle, Deeds deeds, DeedPlan.Round round, Kind kind)
      throws Exception {
    String what =
        "%s (-Dseed=%d -Doperator=%d -Doperator.round=%d)"
            .formatted(kind.words(), SEED, DEEDS, round.number());
    try {
      deeds.perform(kind);
      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      LivesOracle.Found found = judge(scene, oracle, outcome);
      table.add(kind, outcome.word(), found);
      System.out.printf(
          "%s: %s %s, excused %d%n",
          what, outcome.word(), outcome.commands(), scene.lives().excused());
      if (!found.none() || !outcome.noWayOut().isEmpty()) {
        failures.add(what + "\n" + outcome + "\n" + found);
        System.out.println(failures.get(failures.size() - 1));
        return false;
      }
      return true;
    } catch (Exception | AssertionError e) {
      failures.add(what + ": " + e);
      System.out.println(failures.get(failures.size() - 1));
      return false;
    }
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
}
