package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.witness.WitnessCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The archive came back from an older state, and the topics were read again. */
class JournalFillTest {
  private static final String JOURNALED =
      "SELECT table_name || key::text || encode(digest, 'hex') FROM arc.purge_row ORDER BY 1";

  @Test
  void pages_that_an_older_archive_lacks_are_made_again_from_the_departures() throws Exception {
    PurgeScene scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene.purge();
    Departing.all(scene);
    List<String> journaled = scene.archive.list(JOURNALED);
    // The page is gone when the departures are put into the cold store.
    scene.archive.run(
        """
        CREATE TABLE again AS SELECT table_name, epoch, txid, rows FROM arc.purged_departure;
        CREATE TABLE page AS SELECT hot_xid, aggregates, rows FROM arc.purge_page;
        DELETE FROM arc.purge_page;
        DELETE FROM arc.purge_row;
        DELETE FROM arc.purge_unwitnessed;
        DELETE FROM arc.purged_departure;
        INSERT INTO arc.purged_departure (table_name, epoch, txid, rows) SELECT * FROM again
        """);
    assertThat(WitnessCheck.read(scene.settings().make(), 10)).noneMatch(WitnessCheck::clean);

    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(false))) {
      PurgeScene.await(
          () -> {
            scene.caughtUp();
            return !service.state().ended()
                && scene.archive.count("arc.purge_page WHERE worker = 'recovered'") == 1;
          });
    }

    assertThat(scene.archive.list(JOURNALED)).isEqualTo(journaled);
    assertThat(
            scene.archive.count(
                "arc.purge_page p JOIN page USING (hot_xid, aggregates, rows) WHERE p.outcome = 'committed'"))
        .isEqualTo(1);
    assertThat(WitnessCheck.read(scene.settings().make(), 10)).allMatch(WitnessCheck::clean);
    assertThat(scene.archive.count("arc.purged_departure WHERE NOT journaled")).isZero();
  }

  @Test
  void departures_of_a_page_that_was_taken_for_lost_commit_it_again() throws Exception {
    PurgeScene scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene.purge();
    Departing.all(scene);
    // The sink was late: it counts them when the page is taken for rolled back.
    scene.archive.run(
        """
        CREATE TABLE again AS SELECT table_name, epoch, txid, rows FROM arc.purged_departure;
        DELETE FROM arc.purged_departure;
        UPDATE arc.purge_page SET outcome = 'rolled-back';
        INSERT INTO arc.purged_departure (table_name, epoch, txid, rows) SELECT * FROM again
        """);
    assertThat(WitnessCheck.read(scene.settings().make(), 10)).noneMatch(WitnessCheck::clean);

    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(false))) {
      PurgeScene.await(
          () ->
              !service.state().ended()
                  && scene.archive.count("arc.purge_page WHERE outcome = 'committed'") == 1);
    }

    assertThat(scene.archive.count("arc.purge_page")).isEqualTo(1);
    assertThat(scene.archive.count("arc.purged_departure WHERE NOT journaled")).isZero();
    assertThat(scene.archive.count("arc.alarm")).isZero();
    assertThat(WitnessCheck.read(scene.settings().make(), 10)).allMatch(WitnessCheck::clean);
  }
}
