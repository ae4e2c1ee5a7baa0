package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.cold.EligibleRoots;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.operations.report.PurgeReport;
import io.valmed.archive.purge.count.PurgeCounts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is proven leaves hot, with its journal. */
class PurgesWhatIsProvenTest {
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
  }

  @Test
  void settled_cold_and_archived_aggregates_leave_hot_with_a_journal_of_every_row()
      throws Exception {
    scene.mirrored();
    String digests =
        "SELECT id || encode(%s, 'hex') FROM medication_orders r ORDER BY 1"
            .formatted(
                RowDigest.expression(
                    "r", List.of("id", "patient_name", "dosage", "note", "status", "created_at")));
    List<String> before = scene.hot.list(digests);

    PurgeCounts counts = scene.purge();

    assertThat(counts.rows())
        .containsEntry(Valmed.ORDERS, 20L)
        .containsEntry(Valmed.ADMINISTRATIONS, 60L);
    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.hot.count("medication_administrations")).isZero();
    assertThat(scene.archive.list("SELECT DISTINCT outcome FROM arc.purge_page"))
        .containsExactly("committed");
    assertThat(scene.archive.list("SELECT sum(rows) FROM arc.purge_page")).containsExactly("80");
    assertThat(
            scene.archive.list(
                "SELECT key[1] || encode(digest, 'hex') FROM arc.purge_row WHERE table_name = 'public.medication_orders' ORDER BY 1"))
        .isEqualTo(before);
    assertThat(scene.archive.count("arc.purge_row")).isEqualTo(80);
  }

  @Test
  void the_purge_commits_under_its_own_replication_origin_with_position_and_time()
      throws Exception {
    scene.mirrored();

    scene.purge();

    assertThat(
            scene.hot.list(
                "SELECT pg_replication_origin_progress('%s', true) > '0/0'"
                    .formatted(scene.origin(""))))
        .containsExactly("t");
  }

  @Test
  void young_unsettled_and_undated_rows_are_never_cold_and_are_reported() throws Exception {
    scene.hot.run(
        """
        UPDATE medication_orders SET created_at = NULL WHERE id = '%s';
        UPDATE medication_orders SET created_at = 'infinity' WHERE id = '%s';
        UPDATE medication_orders SET created_at = '-infinity' WHERE id = '%s';
        UPDATE medication_orders SET created_at = now() - interval '89 days' WHERE id = '%s';
        UPDATE medication_orders SET status = 'active' WHERE id = '%s'
        """
            .formatted(
                Valmed.order(1),
                Valmed.order(2),
                Valmed.order(3),
                Valmed.order(4),
                Valmed.order(5)));
    scene.mirrored();
    PurgeReport report = PurgeReport.read(scene.settings().make()).get(0);
    assertThat(report).isEqualTo(new PurgeReport(Valmed.ORDERS, 20, 3, 1, 0, 15, Map.of(), null));

    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isEqualTo(5);
    assertThat(EligibleRoots.count(scene.settings().make()))
        .containsEntry(Valmed.ORDERS, 0L)
        .containsEntry(Valmed.TRANSFERS, 0L);
  }

  @Test
  void many_pages_are_walked_in_the_order_of_age() throws Exception {
    Valmed.loadCold(scene.hot, 20, 500);
    scene.mirrored();
    scene.settings().pageAggregates(7);

    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.archive.count("arc.purge_page WHERE aggregates > 7")).isZero();
  }

  @Test
  void a_throttled_purge_keeps_to_its_rate() throws Exception {
    scene.mirrored();
    scene.settings().rowsPerSecond(40);
    long from = System.nanoTime();

    scene.purge();

    assertThat((System.nanoTime() - from) / 1e9).isGreaterThan(0.7);
    assertThat(scene.hot.count("medication_orders")).isZero();
  }
}
