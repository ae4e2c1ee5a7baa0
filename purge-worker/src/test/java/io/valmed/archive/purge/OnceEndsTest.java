package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code purge --once} ends in every state, and tells why something stayed. */
class OnceEndsTest {
  private static final PurgeOptions ONCE = new PurgeOptions(true, Duration.ofSeconds(2));

  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
  }

  private LoopState ended(PurgeService service) {
    PurgeScene.await(() -> service.state().ended());
    return service.state();
  }

  @Test
  void beside_a_transaction_that_holds_a_row() throws Exception {
    scene.mirrored();
    try (TestSession holder = scene.hot.session()) {
      holder.run("BEGIN");
      holder.run("SELECT FROM medication_orders WHERE id = '" + Valmed.order(3) + "' FOR UPDATE");

      try (PurgeService once = PurgeService.start(scene.settings().make(), ONCE)) {
        assertThat(ended(once)).isInstanceOf(LoopState.Done.class);
        assertThat(PurgeScene.kept(once.counts(), Kept.LOCKED)).isEqualTo(1);
      }
    }
    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(3));
  }

  @Test
  void beside_a_prepared_transaction_that_holds_a_row() throws Exception {
    scene.mirrored();
    scene.hot.run(
        "BEGIN; SELECT FROM medication_orders WHERE id = '"
            + Valmed.order(3)
            + "' FOR UPDATE; PREPARE TRANSACTION 'forgotten'");

    try (PurgeService once = PurgeService.start(scene.settings().make(), ONCE)) {
      assertThat(ended(once)).isInstanceOf(LoopState.Done.class);
      assertThat(PurgeScene.kept(once.counts(), Kept.LOCKED)).isEqualTo(1);
    } finally {
      scene.hot.run("ROLLBACK PREPARED 'forgotten'");
    }
    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(3));
  }

  @Test
  void while_capture_is_down() throws Exception {
    scene.mirrored();
    scene.archive.run("DELETE FROM medication_orders WHERE id = '" + Valmed.order(5) + "'");

    try (PurgeService once = PurgeService.start(scene.settings().make(), ONCE)) {
      assertThat(ended(once)).isInstanceOf(LoopState.Done.class);
      assertThat(PurgeScene.kept(once.counts(), Kept.NOT_ARCHIVED_YET)).isEqualTo(1);
    }
    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(5));
  }

  @Test
  void beside_a_running_worker_of_its_name() throws Exception {
    scene.mirrored();
    try (PurgeService running =
        PurgeService.start(scene.settings().make(), new PurgeOptions(false))) {
      PurgeScene.await(() -> scene.hot.count("medication_orders") == 0);

      try (PurgeService once = PurgeService.start(scene.settings().make(), ONCE)) {
        LoopState state = ended(once);

        assertThat(state).isInstanceOf(LoopState.Failed.class);
        assertThat(state.describe()).contains("--once ends", "is in use by another session");
      }
      assertThat(running.state().ended()).isFalse();
    }
  }

  @Test
  void while_a_table_is_held_and_another_waits_for_its_mirror() throws Exception {
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");
    scene.mirrored();
    scene.archive.run(
        "DROP TABLE drug_transfers; INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('public.medication_orders', 'audit', 'dba')");

    try (PurgeService once = PurgeService.start(scene.settings().make(), ONCE)) {
      assertThat(ended(once)).isInstanceOf(LoopState.Done.class);
      assertThat(PurgeScene.heldBecause(once.counts(), Valmed.ORDERS)).contains("audit");
      assertThat(PurgeScene.heldBecause(once.counts(), Valmed.TRANSFERS))
          .contains("not in the archive yet");
    }
  }
}
