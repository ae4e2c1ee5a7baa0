package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.model.TableId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rows that left hot while nobody watched, and the person whom the sink asks about them. */
class ANewEpochAsksTest {
  private static final TableId TRANSFERS = new TableId("public", "drug_transfers");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String ROWS =
      """
      INSERT INTO drug_transfers (id, drug_id, source_ward, destination_ward, quantity, pharmacist_id, transfer_date)
      SELECT gen_random_uuid(), (SELECT id FROM drugs LIMIT 1), 'a', 'b', n, (SELECT id FROM users LIMIT 1), now()
      FROM generate_series(1, 30) n
      """;

  @Test
  void much_of_a_table_that_left_unseen_waits_for_a_persons_word() throws Exception {
    Installation installation = Installation.of(new ValMedWorld());
    installation.inHot(ROWS);
    try (Archive sink = Archive.start(installation, "sink")) {
      try (Archive capture = Archive.start(installation, "capture")) {
        new CatchUp(installation).within(PATIENCE, () -> capture.output() + sink.output());
        assertThat(capture.stop()).isLessThan(128 + 16);
      }
      // What the slot has is read: only what nobody watched is missing.
      installation.inHot(
          "SELECT pg_drop_replication_slot('%s')"
              .formatted(installation.settings().capture().slot()));
      installation.inHot("DELETE FROM drug_transfers WHERE quantity <= 20");

      try (Archive capture = Archive.start(installation, "capture", "--new-epoch")) {
        await()
            .atMost(PATIENCE)
            .until(() -> waiting(installation, TRANSFERS) || !capture.running());
        assertThat(answer(installation, 1, "epoch", "list"))
            .contains("does not show 20 of 30 rows")
            .contains("epoch confirm public.drug_transfers --epoch 2");
        assertThat(installation.departed(TRANSFERS, "unseen")).isZero();
        assertThat(answer(installation, 1, "doctor")).contains("does not show 20 of 30 rows");

        answer(
            installation,
            0,
            "epoch",
            "confirm",
            "public.drug_transfers",
            "--epoch",
            "2",
            "--by",
            "me",
            "--reason",
            "they were deleted");

        new CatchUp(installation).within(PATIENCE, () -> capture.output() + sink.output());
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(installation.departed(TRANSFERS, "unseen")).isEqualTo(20));
        assertThat(answer(installation, 0, "epoch", "show", "2"))
            .contains("me at ")
            .contains("they were deleted");
        answer(installation, 0, "epoch", "list");
        answer(installation, 0, "verify");
      }
    }
    installation.close();
  }

  private static boolean waiting(Installation installation, TableId table) throws Exception {
    return installation.countInArchive(
            "SELECT count(*) FROM arc.reconciliation WHERE state = 'asks' AND table_name = '%s'"
                .formatted(table.name()))
        == 1;
  }

  private static String answer(Installation installation, int code, String... verb) {
    try (Archive archive = Archive.start(installation, verb)) {
      assertThat(archive.awaitExit()).as(archive.output()).isEqualTo(code);
      return archive.output();
    }
  }
}
