package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A short run of what people do, one deed after the other on one installation; {@code -Doperator}
 * makes a long one. The seed decides their order and what the application writes.
 */
class ADayOfDeedsLosesNothingTest {
  private static final long SEED = Long.getLong("seed", 20261127L);
  private static final List<Kind> DAY =
      List.of(Kind.NOTHING, Kind.SLOT_DROPPED, Kind.COLUMN_RENAMED, Kind.TABLE_OUT_AND_IN_RUNNING);

  @Test
  void a_short_run_of_deeds_loses_nothing() throws Exception {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    DeedPlan plan = DeedPlan.draw(SEED, DAY.size(), DAY.size(), DAY);
    System.out.println("deeds in order, by seed " + SEED + ": " + plan.rounds().get(0).deeds());
    try (DeedRun run = new DeedRun(new OneProcess(), new OperatorWorld(), "-Dseed=" + SEED)) {
      System.out.println(DeedTable.of(run.play(plan.rounds().get(0))));
      assertThat(run.failures()).isEmpty();
    }
  }
}
