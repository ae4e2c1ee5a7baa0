package io.valmed.archive.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  private static final List<Fault> KINDS = Fault.kinds(true);

  @Test
  void the_same_seed_draws_the_same_plan() {
    assertThat(FaultPlan.draw(7, 200, KINDS)).isEqualTo(FaultPlan.draw(7, 200, KINDS));
    assertThat(FaultPlan.draw(7, 200, KINDS)).isNotEqualTo(FaultPlan.draw(8, 200, KINDS));
  }

  @Test
  void every_kind_comes_once_in_each_round() {
    List<Fault> drawn =
        FaultPlan.draw(7, 3 * KINDS.size(), KINDS).steps().stream()
            .map(FaultPlan.Step::fault)
            .toList();

    for (int round = 0; round < 3; round++) {
      assertThat(drawn.subList(round * KINDS.size(), (round + 1) * KINDS.size()))
          .containsExactlyInAnyOrderElementsOf(KINDS);
    }
  }

  @Test
  void there_is_a_kind_for_each_service_server_connection_and_disk() {
    assertThat(KINDS).hasSize(3 * 2 + 2 * 3 + 2 + 6 * 4 + 1).doesNotHaveDuplicates();
  }
}
