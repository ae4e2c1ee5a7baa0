package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.stream.Stream;
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
  private static final String SOME_KINDS = System.getProperty("operator.kind", "");

  @Test
  void what_people_do_between_two_lives_loses_nothing() throws Exception {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    assumeThat(DEEDS).as("deeds, by -Doperator=N").isPositive();
    DeedPlan plan = DeedPlan.draw(SEED, DEEDS, ROUND, kinds());
    String again =
        "-Dseed=%d -Doperator=%d -Doperator.length=%d".formatted(SEED, DEEDS, ROUND)
            + (SOME_KINDS.isEmpty() ? "" : " -Doperator.kind=" + SOME_KINDS);
    System.out.println("again: mvn -Psoak verify -pl e2e-tests -am " + again);
    try (DeedRun run = new DeedRun(again)) {
      for (DeedPlan.Round round : plan.rounds()) {
        if (ONLY < 0 || round.number() == ONLY) {
          run.play(round);
        }
      }
      System.out.println(run.table());
      assertThat(run.failures()).isEmpty();
    }
  }

  private static List<Kind> kinds() {
    if (SOME_KINDS.isEmpty()) {
      return Kind.played();
    }
    return Stream.of(SOME_KINDS.split(",")).map(Kind::valueOf).toList();
  }
}
