package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker that dies anywhere leaves nothing half done and a journal that can be completed. */
class CrashTest {
  private static final class Crash extends IllegalStateException {
    private static final long serialVersionUID = 1L;
  }

  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 60);
    scene.mirrored();
    scene.settings().pageAggregates(20);
  }

  @ParameterizedTest
  @EnumSource
  void after_a_crash_at_any_stage_every_row_is_purged_once_and_stands_once_in_the_journal(
      Stage stage) throws Exception {
    AtomicInteger pages = new AtomicInteger();
    scene.purgeFails(
        scene.settings().make(),
        reached -> {
          if (reached == stage && pages.incrementAndGet() == 2) {
            throw new Crash();
          }
        });
    assertThat(scene.hot.count("medication_administrations"))
        .isEqualTo(3 * scene.hot.count("medication_orders"));

    PurgeCounts counts = scene.purge();

    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.hot.count("medication_administrations")).isZero();
    assertThat(scene.archive.count("arc.purge_page WHERE outcome = 'intended'")).isZero();
    String journal =
        "arc.purge_row r JOIN arc.purge_page p ON p.id = r.page WHERE p.outcome = 'committed'";
    assertThat(scene.archive.count(journal)).isEqualTo(240);
    assertThat(scene.archive.list("SELECT count(DISTINCT (r.table_name, r.key)) FROM " + journal))
        .containsExactly("240");
    assertThat(counts.total()).isLessThanOrEqualTo(240);
  }

  @ParameterizedTest
  @EnumSource(names = {"PROVEN", "COMMITTED"})
  void an_error_of_the_virtual_machine_ends_the_worker_instead_of_leaving_it_waiting(Stage stage)
      throws Exception {
    AtomicInteger pages = new AtomicInteger();

    scene.purgeFails(
        scene.settings().make(),
        reached -> {
          if (reached == stage && pages.incrementAndGet() == 2) {
            throw new StackOverflowError("planned");
          }
        });
    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.archive.count("arc.purge_page WHERE outcome = 'intended'")).isZero();
  }
}
