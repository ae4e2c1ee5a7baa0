package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A short run over tables that make deleting hard, every other DDL while all runs; {@code
 * -Dworld=hostile -Doperator} makes a long one of {@link OperatorsWorldTest}. The seed decides the
 * order and what the application writes.
 */
class AHostileSchemaLosesNothingTest {
  private static final long SEED = Long.getLong("seed", 20261128L);
  private static final List<Kind> SOME =
      List.of(Kind.CHAIN_REWRITTEN, Kind.REFERENCE_UNINDEXED, Kind.TYPE_NARROWED, Kind.HOT_KILLED);

  @Test
  void a_short_run_of_ddl_over_hostile_tables_loses_nothing() throws Exception {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    DeedPlan plan = DeedPlan.draw(SEED, SOME.size(), SOME.size(), SOME);
    System.out.println("deeds in order, by seed " + SEED + ": " + plan.rounds().get(0).deeds());
    try (DeedRun run = new DeedRun(new OneProcess(), new HostileWorld(), "-Dseed=" + SEED)) {
      System.out.println(DeedTable.of(run.play(plan.rounds().get(0))));
      assertThat(run.failures()).isEmpty();
    }
  }
}
