package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.model.TableId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hot gives capture nothing while a standby that it must wait for is away. What is archived and
 * proven is purged meanwhile, for as long as {@code purge.witness-within}: then the purge holds,
 * says so, and goes on by itself when the departures have come.
 */
@Timeout(300)
class AStandbyThatStaysAwayTest {
  private static final String COLD =
      """
      INSERT INTO medication_orders
      SELECT gen_random_uuid(), 'p', (SELECT id FROM drugs LIMIT 1), 1, 's', 'completed', (SELECT id FROM users LIMIT 1), now() - interval '200 days'
      FROM generate_series(1, 400)
      """;
  private static final String ORDERS = "SELECT count(*) FROM medication_orders";
  private static final String HELD =
      "SELECT count(*) FROM arc.purge_hold WHERE held_by = 'purge-witnesses' AND released_at IS NULL";

  @Test
  void the_purge_holds_within_the_stated_time_and_goes_on_when_departures_come() throws Exception {
    try (Installation installation = Installation.of(new ValMedWorld());
        Pipeline pipeline = Pipeline.start(installation)) {
      installation.inHot(COLD);
      pipeline.awaitArchived();
      installation.inHot("SELECT pg_create_physical_replication_slot('away')");
      try {
        system(installation, "ALTER SYSTEM SET synchronized_standby_slots = 'away'");
        try (Archive purge = Archive.start(slowly(installation), List.of(), "purge")) {
          await().atMost(Duration.ofMinutes(2)).until(() -> installation.countInArchive(HELD) == 1);
          long left = installation.countInHot(ORDERS);
          assertThat(left).isBetween(1L, 399L);
          assertThat(installation.departed(TableId.parse("public.medication_orders"), "purged"))
              .isZero();
          String doctor = output(installation.settingsFile(), "doctor");
          String status = output(slowly(installation), "purge", "status");
          assertThat(doctor).contains("synchronized_standby_slots names away");
          assertThat(status)
              .containsPattern("held .*public.medication_orders.*within purge.witness-within")
              .contains("late ");
          assertThat(installation.countInHot(ORDERS)).as("while it is held").isEqualTo(left);

          system(installation, "ALTER SYSTEM RESET synchronized_standby_slots");

          await().atMost(Duration.ofMinutes(2)).until(() -> installation.countInHot(ORDERS) == 0);
          pipeline.awaitArchived();
          await().atMost(Duration.ofMinutes(1)).until(() -> installation.countInArchive(HELD) == 0);
          assertThat(purge.running()).isTrue();
        }
        assertThat(Journal.purged(installation)).isEqualTo(400);
        Journal.everyPurgedRowIsWitnessed(installation);
      } finally {
        system(installation, "ALTER SYSTEM RESET synchronized_standby_slots");
        installation.inHot("SELECT pg_drop_replication_slot('away')");
      }
    }
  }

  @Test
  void a_new_epoch_that_waits_for_the_slots_rest_says_why_and_goes_on() throws Exception {
    try (Installation installation = Installation.of(new ValMedWorld());
        Archive sink = Archive.start(installation, "sink")) {
      CatchUp up = new CatchUp(installation);
      try (Archive capture = Archive.start(installation, "capture")) {
        up.within(Duration.ofMinutes(2), () -> capture.output() + sink.output());
        assertThat(capture.stop()).isLessThan(128 + 16);
      }
      installation.inHot(COLD);
      installation.inHot("SELECT pg_create_physical_replication_slot('away')");
      try {
        system(installation, "ALTER SYSTEM SET synchronized_standby_slots = 'away'");
        try (Archive capture = Archive.start(installation, "capture", "--new-epoch")) {
          await()
              .atMost(Duration.ofMinutes(1))
              .untilAsserted(
                  () ->
                      assertThat(capture.output())
                          .contains("the new epoch waits for what it has")
                          .contains("synchronized_standby_slots names away"));

          system(installation, "ALTER SYSTEM RESET synchronized_standby_slots");

          up.within(Duration.ofMinutes(2), () -> capture.output() + sink.output());
          Archive.succeed(installation.settingsFile(), "verify");
        }
      } finally {
        system(installation, "ALTER SYSTEM RESET synchronized_standby_slots");
        installation.inHot("SELECT pg_drop_replication_slot('away')");
      }
    }
  }

  /** A worker that cannot have purged all before it must hold. */
  private static Path slowly(Installation installation) throws Exception {
    String text = Files.readString(installation.settingsFile());
    return Files.writeString(
        installation.directory().resolve("slowly.yaml"),
        text.replace("rows-per-second: 0", "rows-per-second: 20, witness-within: 2s")
            .replace("page-aggregates: 50", "page-aggregates: 10"));
  }

  private static void system(Installation installation, String sql) throws Exception {
    installation.inHot(sql);
    installation.inHot("SELECT pg_reload_conf()");
  }

  private static String output(Path settings, String... verb) {
    try (Archive archive = Archive.start(settings, List.of(), verb)) {
      archive.awaitExit();
      return archive.output();
    }
  }
}
