package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.databases.witness.WitnessCheck;
import io.valmed.archive.operations.repair.JournalRepair;
import io.valmed.archive.operations.repair.RepairResult;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Departures that never came are made from the mirror's row and the journal, and no others. */
class JournalRepairTest {
  private static final String HELD =
      "arc.purge_hold WHERE held_by = 'purge-witnesses' AND released_at IS NULL";
  private static final String ORDER_5 =
      "INSERT INTO medication_orders SELECT * FROM aside WHERE id = '%s'"
          .formatted(Valmed.order(5));

  private PurgeScene scene;
  private Settings settings;

  @BeforeEach
  void purgedWithoutDeparturesOfOrders() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.hot.run("CREATE TABLE aside AS SELECT * FROM medication_orders");
    scene.mirrored();
    scene.purge();
    settings = scene.settings().witnessWithin(Duration.ofMillis(100)).make();
    Departing.administrations(scene);
    try (PurgeService service = PurgeService.start(settings, new PurgeOptions(false))) {
      PurgeScene.await(() -> scene.archive.count(HELD) == 1 && !service.state().ended());
    }
  }

  private RepairResult repair() throws Exception {
    return whileHeartbeatsPass(() -> JournalRepair.run(settings, Duration.ofMinutes(2)));
  }

  private <T> T whileHeartbeatsPass(Callable<T> work) throws Exception {
    ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
    var unused = beats.scheduleWithFixedDelay(this::beat, 0, 100, TimeUnit.MILLISECONDS);
    try {
      return work.call();
    } finally {
      beats.shutdownNow();
      assertThat(beats.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  private void beat() {
    try {
      scene.caughtUp();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void both_ways_are_equal_after_a_repair_and_the_hold_has_ended() throws Exception {
    RepairResult result = repair();

    assertThat(result.repaired()).isEqualTo(Map.of(Valmed.ORDERS, 20L));
    assertThat(result.left()).isEmpty();
    assertThat(result.released()).containsExactly("public.medication_orders");
    assertThat(scene.archive.count(HELD)).isZero();
    assertThat(scene.archive.count("medication_orders")).isZero();
    assertThat(
            scene.archive.count(
                "public_cold.medication_orders c JOIN arc.purge_repaired r ON r.key = ARRAY[c.id::text] WHERE c.arc_age = c.created_at"))
        .isEqualTo(20);
    assertThat(WitnessCheck.read(settings, 10)).allMatch(WitnessCheck::clean);
    assertThat(
            whileHeartbeatsPass(
                    () ->
                        Verification.run(
                            settings, new VerificationOptions(Duration.ofMinutes(1), 2, 10)))
                .clean())
        .isTrue();
    assertThat(repair().repaired()).isEmpty();
  }

  @Test
  void a_row_that_hot_has_is_not_repaired() throws Exception {
    // As a failover leaves it that lost the page's commit.
    scene.hot.run(ORDER_5);

    RepairResult result = repair();

    assertThat(result.repaired()).isEqualTo(Map.of(Valmed.ORDERS, 19L));
    assertThat(result.left())
        .extracting(RepairResult.Left::rows, RepairResult.Left::reason)
        .containsExactly(tuple(1L, RepairResult.Reason.IN_HOT));
    assertThat(scene.archive.list("SELECT id FROM medication_orders"))
        .containsExactly(Valmed.order(5));
    assertThat(scene.archive.count(HELD)).isEqualTo(1);
  }

  @Test
  void a_page_of_another_server_and_other_content_are_not_repaired() throws Exception {
    scene.archive.run(
        "UPDATE medication_orders SET dosage = 99 WHERE id = '%s'".formatted(Valmed.order(7)));

    assertThat(repair().left())
        .extracting(RepairResult.Left::rows, RepairResult.Left::reason)
        .containsExactly(tuple(1L, RepairResult.Reason.NO_IMAGE));
    scene.archive.run("UPDATE arc.purge_page SET hot_system_id = 'another/00000001'");
    assertThat(repair().left())
        .extracting(RepairResult.Left::rows, RepairResult.Left::reason)
        .containsExactly(tuple(1L, RepairResult.Reason.OTHER_SERVER));
    assertThat(scene.archive.count(HELD)).isEqualTo(1);
  }

  @Test
  void nothing_is_repaired_while_departures_may_be_on_their_way() throws Exception {
    RepairResult result = JournalRepair.run(settings, Duration.ofMillis(300));

    assertThat(result.caughtUp()).isFalse();
    assertThat(result.repaired()).isEmpty();
    assertThat(scene.archive.count("medication_orders")).isEqualTo(20);
    assertThat(scene.archive.count(HELD)).isEqualTo(1);
  }

  @Test
  void a_page_taken_for_lost_after_its_departures_had_come_is_committed_again() throws Exception {
    repair();
    scene.archive.run("UPDATE arc.purge_page SET outcome = 'rolled-back'");
    assertThat(WitnessCheck.read(settings, 10)).noneMatch(WitnessCheck::clean);

    // Another page has been given the transaction's number since: the departures may be its own.
    scene.archive.run(
        """
        INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows, outcome, prefix)
          SELECT 'other', root_table, hot_system_id, hot_xid, hot_lsn, 0, 0, 'committed', prefix FROM arc.purge_page
        """);
    assertThat(repair().journalPages()).isZero();
    assertThat(scene.archive.count("arc.purge_page WHERE outcome = 'rolled-back'")).isEqualTo(1);

    scene.archive.run("DELETE FROM arc.purge_page WHERE worker = 'other'");
    assertThat(repair().journalPages()).isEqualTo(1);

    assertThat(scene.archive.count("arc.purge_page")).isEqualTo(1);
    assertThat(WitnessCheck.read(settings, 10)).allMatch(WitnessCheck::clean);
  }
}
