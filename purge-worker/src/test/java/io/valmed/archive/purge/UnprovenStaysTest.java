package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.page.Kept;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is purged before its archived copy is proven. */
class UnprovenStaysTest {
  private static final String ROW = "'" + Valmed.order(5) + "'";
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE medication_orders SET dosage = dosage + 1 WHERE id = %s           | DIFFERS",
        "UPDATE medication_orders SET note = NULL, dosage = 5 WHERE id = %s       | DIFFERS",
        "UPDATE medication_orders SET patient_name = 'Патiєнт 5' WHERE id = %s    | DIFFERS",
        "DELETE FROM medication_orders WHERE id = %s                              | MISSING",
        "DELETE FROM medication_administrations WHERE order_id = %s               | MISSING",
        "UPDATE medication_administrations SET administration_time = administration_time + interval '1 us' WHERE order_id = %s | DIFFERS"
      })
  void a_fault_in_the_archive_keeps_its_aggregate_alone_and_is_told_once_the_archive_caught_up(
      String fault, Kept refusal) throws Exception {
    scene.archive.run(fault.formatted(ROW));
    Kept wait = refusal == Kept.DIFFERS ? Kept.DIFFERS_FOR_NOW : Kept.NOT_ARCHIVED_YET;

    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(true))) {
      PurgeScene.await(() -> PurgeScene.kept(service.counts(), wait) == 1);
      assertThat(PurgeScene.kept(service.counts(), refusal)).isZero();
      scene.caughtUp();
      PurgeScene.await(() -> service.state().ended());

      assertThat(PurgeScene.kept(service.counts(), refusal)).isEqualTo(1);
    }
    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(5));
    assertThat(scene.hot.count("medication_administrations")).isEqualTo(3);
    assertThat(scene.archive.count("arc.purge_row WHERE key = ARRAY[" + ROW + "]")).isZero();
  }

  @Test
  void null_and_empty_text_are_not_equal() throws Exception {
    scene.archive.run("UPDATE medication_orders SET note = '' WHERE note IS NULL");
    scene.archive.run(
        "UPDATE medication_orders SET note = NULL WHERE id = '" + Valmed.order(1) + "'");

    scene.purgeUntil(counts -> PurgeScene.kept(counts, Kept.DIFFERS_FOR_NOW) == 7);

    assertThat(scene.hot.count("medication_orders")).isEqualTo(7);
  }

  @Test
  void a_change_that_is_not_archived_yet_waits_and_is_purged_when_it_is() throws Exception {
    scene.hot.run("UPDATE medication_orders SET note = 'late' WHERE id = " + ROW);
    scene.hot.run(
        "INSERT INTO medication_administrations VALUES (gen_random_uuid(), '%s')"
            .formatted(Valmed.order(6)));

    PurgeCounts counts = scene.purgeUntil(now -> PurgeScene.kept(now, Kept.DIFFERS_FOR_NOW) == 1);
    assertThat(PurgeScene.kept(counts, Kept.NOT_ARCHIVED_YET)).isEqualTo(1);
    assertThat(scene.hot.count("medication_orders")).isEqualTo(2);

    scene.mirrored();
    scene.purge();
    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.hot.count("medication_administrations")).isZero();
  }

  @Test
  void a_table_whose_column_the_archive_lacks_waits_as_a_whole() throws Exception {
    scene.hot.run("ALTER TABLE medication_administrations ADD batch int DEFAULT 7");

    PurgeCounts counts =
        scene.purgeUntil(now -> !PurgeScene.heldBecause(now, Valmed.ORDERS).isEmpty());

    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS)).contains("batch");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
  }

  @Test
  void a_column_dropped_in_hot_and_kept_in_the_archive_does_not_matter() throws Exception {
    scene.hot.run("ALTER TABLE medication_orders DROP note");

    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isZero();
  }

  @Test
  void a_table_that_is_not_in_the_archive_waits() throws Exception {
    scene.archive.run("DROP TABLE drug_transfers");
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");

    PurgeCounts counts =
        scene.purgeUntil(now -> !PurgeScene.heldBecause(now, Valmed.TRANSFERS).isEmpty());

    assertThat(counts.rows()).containsEntry(Valmed.ORDERS, 20L).containsEntry(Valmed.TRANSFERS, 0L);
  }
}
