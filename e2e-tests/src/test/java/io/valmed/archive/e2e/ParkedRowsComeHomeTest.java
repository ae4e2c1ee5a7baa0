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

/**
 * Rows that came and went while their table was parked, and a row that has the key of one by now.
 */
class ParkedRowsComeHomeTest {
  private static final TableId TRANSFERS = new TableId("public", "drug_transfers");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String KEY = "'00000000-0000-0000-0000-00000000000a'";

  private static String insert(String table, String ward) {
    return """
        INSERT INTO %s (id, drug_id, source_ward, destination_ward, quantity, pharmacist_id, transfer_date)
        SELECT %s, (SELECT id FROM drugs LIMIT 1), '%s', 'b', 1, (SELECT id FROM users LIMIT 1), now()
        """
        .formatted(table, KEY, ward);
  }

  @Test
  void each_life_of_a_key_is_kept_and_the_row_that_has_it_now_stays() throws Exception {
    Installation installation = Installation.of(new ValMedWorld());
    installation.inHot(insert("drug_transfers", "first"));
    try (Archive sink = Archive.start(installation, "sink")) {
      try (Archive capture = Archive.start(installation, "capture")) {
        CatchUp up = new CatchUp(installation);
        up.within(PATIENCE, () -> capture.output() + sink.output());
        installation.inHot("ALTER TABLE drug_transfers RENAME TO moved");
        installation.inHot("UPDATE moved SET source_ward = 'first, later' WHERE id = " + KEY);
        installation.inHot("DELETE FROM moved WHERE id = " + KEY);
        installation.inHot(insert("moved", "second"));
        installation.inHot("DELETE FROM moved WHERE id = " + KEY);
        installation.inHot(insert("moved", "third"));
        up.within(PATIENCE, () -> capture.output() + sink.output());
        installation.inHot("ALTER TABLE moved RENAME TO drug_transfers");
        assertThat(capture.stop()).isLessThan(128 + 16);
      }
      try (Archive capture = Archive.start(installation, "capture", "--new-epoch")) {
        new CatchUp(installation).within(PATIENCE, () -> capture.output() + sink.output());
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(installation.departed(TRANSFERS, "deleted")).isEqualTo(2));
        assertThat(
                installation.countInArchive(
                    "SELECT count(*) FROM drug_transfers WHERE source_ward = 'third'"))
            .isEqualTo(1);
        assertThat(
                installation.countInArchive(
                    "SELECT count(*) FROM public_cold.drug_transfers WHERE source_ward IN ('first, later', 'second')"))
            .isEqualTo(2);
        Archive.succeed(installation.settingsFile(), "verify");
      }
    }
    installation.close();
  }
}
