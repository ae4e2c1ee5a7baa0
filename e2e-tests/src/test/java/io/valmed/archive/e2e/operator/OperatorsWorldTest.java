package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A run of what people do, as long as {@code -Doperator} says; without it none. A failure prints
 * the seed and the round: {@code -Doperator.round} does that round alone. With {@code
 * -Doperator.tally=FILE} each round that has ended is noted there, and the same command goes on
 * behind it; {@code -Doperator.minutes} ends it after the round under way then.
 */
class OperatorsWorldTest {
  private static final long SEED = Long.getLong("seed", 20261127L);
  private static final int DEEDS = Integer.getInteger("operator", 0);
  private static final int ONLY = Integer.getInteger("operator.round", -1);
  private static final int ROUND = Integer.getInteger("operator.length", 4);
  private static final long MINUTES = Long.getLong("operator.minutes", 100_000);
  private static final boolean PROCESSES = Boolean.getBoolean("operator.processes");
  private static final boolean HOSTILE = System.getProperty("world", "").equals("hostile");
  private static final String SOME_KINDS = System.getProperty("operator.kind", "");

  @Test
  void what_people_do_between_two_lives_loses_nothing() throws Exception {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    assumeThat(DEEDS).as("deeds, by -Doperator=N").isPositive();
    DeedPlan plan = DeedPlan.draw(SEED, DEEDS, ROUND, kinds());
    String again =
        "-Dseed=%d -Doperator=%d -Doperator.length=%d".formatted(SEED, DEEDS, ROUND)
            + (Boolean.getBoolean("operator.strict") ? " -Doperator.strict=true" : "")
            + (HOSTILE ? " -Dworld=hostile" : "")
            + (PROCESSES ? " -Doperator.processes=true" : "")
            + (SOME_KINDS.isEmpty() ? "" : " -Doperator.kind=" + SOME_KINDS);
    System.out.println("again: mvn -Psoak verify -pl e2e-tests -am " + again);
    Tally tally = tally(again);
    Programs programs = PROCESSES ? new Processes() : new OneProcess();
    StampedWorld world = HOSTILE ? new HostileWorld() : new OperatorWorld();
    try (DeedRun run = new DeedRun(programs, world, again)) {
      long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
      for (DeedPlan.Round round : plan.rounds()) {
        boolean wanted =
            ONLY < 0 ? !tally.rounds().contains(round.number()) : round.number() == ONLY;
        if (wanted && System.nanoTime() < end) {
          tally.add(run.play(round));
        }
      }
      System.out.println(DeedTable.of(tally.all()));
      assertThat(run.failures()).isEmpty();
    }
  }

  /** By default what is played is not kept. */
  private static Tally tally(String run) throws IOException {
    String file = System.getProperty("operator.tally", "");
    return new Tally(
        file.isEmpty() ? Files.createTempDirectory("deeds").resolve("tally") : Path.of(file), run);
  }

  private static List<Kind> kinds() {
    if (SOME_KINDS.isEmpty()) {
      return HOSTILE ? Kind.hostile() : Kind.played();
    }
    return Stream.of(SOME_KINDS.split(",")).map(Kind::valueOf).toList();
  }
}
