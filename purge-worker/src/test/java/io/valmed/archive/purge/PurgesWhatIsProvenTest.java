package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is proven leaves hot, with its journal; what is not stays. */
class PurgesWhatIsProvenTest {
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
  }

  @Test
  void settled_cold_and_archived_aggregates_leave_hot() throws Exception {
    PurgeCounts counts = scene.purge();

    assertThat(counts.rows())
        .containsEntry(Valmed.ORDERS, 20L)
        .containsEntry(Valmed.ADMINISTRATIONS, 60L);
    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.hot.count("medication_administrations")).isZero();
    assertThat(scene.archive.count("arc.purge_row")).isEqualTo(80);
    assertThat(scene.archive.list("SELECT DISTINCT outcome FROM arc.purge_page"))
        .containsExactly("committed");
  }
}
