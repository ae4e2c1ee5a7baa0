package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page is purged only while its deletes are sure to come back through capture's slot. */
class WatchedOrHeldTest {
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchivedWhileCaptureIsDown() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");
    scene.mirrored();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          SELECT pg_drop_replication_slot('slot')                        | does not have capture's replication slot slot
          SELECT pg_drop_replication_slot('slot'), pg_create_logical_replication_slot('slot', 'test_decoding') | not a lasting pgoutput slot
          SELECT pg_drop_replication_slot('slot'), pg_create_physical_replication_slot('slot') | not a lasting pgoutput slot
          SELECT pg_drop_replication_slot('slot'), pg_create_logical_replication_slot('slot', 'pgoutput') | made anew
          DROP PUBLICATION publication                                   | does not have capture's publication
          ALTER PUBLICATION publication SET (publish = 'insert, update') | does not publish
          ALTER PUBLICATION publication DROP TABLE arc.heartbeat         | arc.heartbeat is not in publication
          DELETE FROM arc.heartbeat                                      | not written a heartbeat
          UPDATE arc.heartbeat SET epoch = 2                             | works in epoch 2
          """)
  void nothing_is_purged_while_nobody_would_capture_it(String deed, String because)
      throws Exception {
    scene.hot.run(deed);

    assertThat(PurgeScene.heldBecause(purgeAll(), Valmed.ORDERS)).contains(because);

    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(scene.hot.count("drug_transfers")).isEqualTo(1);
    assertThat(scene.archive.count("arc.purge_page WHERE outcome <> 'rolled-back'")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ALTER PUBLICATION publication DROP TABLE medication_administrations | medication_administrations is not in publication
          ALTER PUBLICATION publication DROP TABLE medication_orders; ALTER PUBLICATION publication ADD TABLE medication_orders WHERE (dosage > 3) | row filter
          ALTER PUBLICATION publication DROP TABLE medication_orders; ALTER PUBLICATION publication ADD TABLE medication_orders (id, status) | part of its columns
          ALTER TABLE medication_orders ADD doubled int GENERATED ALWAYS AS (dosage * 2) STORED; ALTER PUBLICATION publication SET (publish_generated_columns = none) | part of its columns
          """)
  void a_table_that_would_leave_unseen_or_in_part_is_held_and_no_other(String deed, String because)
      throws Exception {
    scene.hot.run(deed);

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS)).contains(because, "provision hot");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(counts.rows()).containsEntry(Valmed.TRANSFERS, 1L);
  }

  @Test
  void a_parked_table_is_held_whoever_releases_its_hold_and_no_other() throws Exception {
    scene.hot.run(
        "INSERT INTO arc.parked_table (slot, table_name, epoch, reason) VALUES ('slot', 'public.medication_administrations', 1, 'Its key changed'), ('slot', 'public.drug_transfers', 0, 'Of an older epoch'), ('another', 'public.drug_transfers', 1, 'Of another installation')");

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS))
        .contains("has parked table public.medication_administrations", "Its key changed");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(counts.rows()).containsEntry(Valmed.TRANSFERS, 1L);
  }

  @Test
  void a_table_made_again_as_pg_restore_does_is_in_no_publication_and_held() throws Exception {
    scene.hot.run(
        """
        CREATE TABLE saved AS SELECT * FROM drug_transfers; DROP TABLE drug_transfers;
        CREATE TABLE drug_transfers (id uuid PRIMARY KEY, quantity int NOT NULL, transfer_date timestamp NOT NULL);
        ALTER TABLE drug_transfers REPLICA IDENTITY FULL;
        INSERT INTO drug_transfers SELECT * FROM saved;
        GRANT SELECT, DELETE, UPDATE (id) ON drug_transfers TO %s
        """
            .formatted(scene.name()));

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.heldBecause(counts, Valmed.TRANSFERS)).contains("not in publication");
    assertThat(scene.hot.count("drug_transfers")).isEqualTo(1);
    assertThat(counts.rows()).containsEntry(Valmed.ORDERS, 20L);
  }

  @ParameterizedTest
  @CsvSource({
    "UPDATE arc.reconciliation SET epoch = 0, not reconciled",
    "'INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete, reconciled_at, prefix) VALUES (2, ''x'', 1, false, NULL, ''test'')', newest one",
    "DELETE FROM arc.epoch, has not seen an epoch"
  })
  void nothing_is_purged_before_the_archive_has_reconciled_captures_epoch(
      String deed, String because) throws Exception {
    scene.archive.run(deed);

    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(true))) {
      PurgeScene.await(
          () -> PurgeScene.heldBecause(service.counts(), Valmed.ORDERS).contains(because));
      assertThat(service.counts().total()).isZero();

      scene.archive.run(
          "DELETE FROM arc.epoch; INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete, reconciled_at, prefix) VALUES (1, 'x', 1, true, now(), 'test'); UPDATE arc.reconciliation SET epoch = 1");

      PurgeScene.await(() -> service.counts().total() == 81);
    }
  }

  @Test
  void a_table_whose_reconciliation_asks_is_held_with_its_sentence_and_no_other() throws Exception {
    scene.archive.run(
        "UPDATE arc.reconciliation SET state = 'asks', sentence = 'run archive epoch confirm' WHERE table_name = 'drug_transfers'");

    PurgeCounts counts =
        scene.purgeUntil(
            c ->
                c.rows().getOrDefault(Valmed.ORDERS, 0L) == 20
                    && !PurgeScene.heldBecause(c, Valmed.TRANSFERS).isEmpty());

    assertThat(counts.rows()).containsEntry(Valmed.TRANSFERS, 0L);
    assertThat(PurgeScene.heldBecause(counts, Valmed.TRANSFERS))
        .contains("is not reconciled in the archive: run archive epoch confirm");
  }

  @Test
  void a_table_of_which_the_archive_knows_no_version_waits() throws Exception {
    scene.archive.run("DELETE FROM arc.table_version WHERE table_name = 'drug_transfers'");

    PurgeCounts counts = scene.purgeUntil(c -> c.rows().getOrDefault(Valmed.ORDERS, 0L) == 20);

    assertThat(counts.rows()).containsEntry(Valmed.TRANSFERS, 0L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ALTER PUBLICATION publication DROP TABLE medication_orders                 | DELETING
          ALTER PUBLICATION publication SET (publish = 'insert')                     | DELETED
          DROP PUBLICATION publication                                               | DELETED
          SELECT pg_drop_replication_slot('slot')                                    | DELETED
          UPDATE arc.heartbeat SET epoch = 2                                         | DELETED
          INSERT INTO arc.parked_table (slot, table_name, epoch, reason) VALUES ('slot', 'public.medication_orders', 1, 'Its key changed') | DELETED
          """)
  void what_is_taken_away_beside_a_page_is_seen_before_its_commit(String deed, Stage moment)
      throws Exception {
    AtomicBoolean done = new AtomicBoolean();

    try (PurgeService service =
        PurgeService.start(
            scene.settings().make(),
            new PurgeOptions(true),
            stage -> {
              if (stage == moment && !done.getAndSet(true)) {
                scene.hot.run(deed);
              }
            })) {
      PurgeScene.await(() -> !PurgeScene.heldBecause(service.counts(), Valmed.ORDERS).isEmpty());
    }

    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(
            scene.archive.count(
                "arc.purge_page WHERE root_table = 'public.medication_orders' AND outcome <> 'rolled-back'"))
        .isZero();
  }

  /** Until each root table is held. */
  private PurgeCounts purgeAll() {
    return scene.purgeUntil(
        counts ->
            !PurgeScene.heldBecause(counts, Valmed.ORDERS).isEmpty()
                && !PurgeScene.heldBecause(counts, Valmed.TRANSFERS).isEmpty());
  }
}
