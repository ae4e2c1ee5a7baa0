package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeedPlanTest {
  private static final List<Kind> KINDS = List.of(Kind.values());

  @Test
  void the_same_seed_draws_the_same_plan() {
    assertThat(DeedPlan.draw(7, 90, 4, KINDS)).isEqualTo(DeedPlan.draw(7, 90, 4, KINDS));
    assertThat(DeedPlan.draw(7, 90, 4, KINDS)).isNotEqualTo(DeedPlan.draw(8, 90, 4, KINDS));
  }

  @Test
  void every_kind_comes_once_in_each_dealing() {
    List<Kind> dealt =
        DeedPlan.draw(7, KINDS.size(), 4, KINDS).rounds().stream()
            .flatMap(round -> round.deeds().stream())
            .map(DeedPlan.Deed::kind)
            .toList();

    assertThat(dealt).containsExactlyInAnyOrderElementsOf(KINDS);
  }

  @Test
  void a_failover_comes_first_in_its_round_and_once() {
    for (DeedPlan.Round round : DeedPlan.draw(7, 300, 4, KINDS).rounds()) {
      assertThat(round.deeds().stream().skip(1).filter(deed -> deed.kind().needsStandby()))
          .as("round %d: %s", round.number(), round.deeds())
          .isEmpty();
      assertThat(round.deeds().get(0).atOnce()).isFalse();
    }
  }
}
