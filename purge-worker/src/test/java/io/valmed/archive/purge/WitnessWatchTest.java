package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.runtime.settings.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was purged and has not come back as a departure in time holds its table. */
class WitnessWatchTest {
  private static final String COLD_ORDER = "public_cold.medication_orders WHERE id = '%s'";
  private static final String HELD =
      "arc.purge_hold WHERE held_by = 'purge-witnesses' AND scope = 'public.medication_orders' AND released_at IS NULL";

  private static final String RELEASED =
      "arc.purge_hold WHERE held_by = 'purge-witnesses' AND released_by = 'purge-witnesses'";

  private PurgeScene scene;
  private Settings settings;

  @BeforeEach
  void purged() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene.purge();
    settings = scene.settings().witnessWithin(Duration.ofMillis(100)).make();
    Departing.all(scene);
    Valmed.loadCold(scene.hot, 20, 25);
    scene.mirrored();
  }

  private boolean held() throws Exception {
    return scene.archive.count(HELD) == 1;
  }

  @Test
  void pages_of_which_all_rows_have_come_are_let_go_of() throws Exception {
    Settings patient = scene.settings().witnessWithin(Duration.ofHours(1)).make();

    PurgeCounts counts = scene.purge(patient, Stage.Listener.NONE);

    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS)).isEmpty();
    assertThat(scene.archive.count("arc.purge_unwitnessed u WHERE u.page = 1")).isZero();
    assertThat(held()).isFalse();
  }

  @Test
  void a_row_without_a_departure_holds_its_table_until_it_comes() throws Exception {
    String order = COLD_ORDER.formatted(Valmed.order(1));
    scene.archive.run(
        "CREATE TABLE aside AS SELECT * FROM %1$s; DELETE FROM %1$s; UPDATE arc.purged_departure SET rows = rows - 1 WHERE table_name = 'public.medication_orders'"
            .formatted(order));

    try (PurgeService service = PurgeService.start(settings, new PurgeOptions(false))) {
      PurgeScene.await(this::held);
      assertThat(OverduePages.read(settings))
          .extracting(OverduePages::root, OverduePages::rows, OverduePages::oldest)
          .contains(tuple("public.medication_orders", 80L, 1L));
      PurgeScene.await(
          () ->
              PurgeScene.heldBecause(service.counts(), Valmed.ORDERS)
                  .contains("./archive purge repair"));
      assertThat(metrics(service)).contains("archive_purge_unwitnessed_rows 80.0");

      scene.archive.run("INSERT INTO public_cold.medication_orders SELECT * FROM aside");
      PurgeScene.await(() -> scene.archive.count(RELEASED) > 0);
    }
  }

  @Test
  void a_hold_that_a_person_has_ended_stays_ended() throws Exception {
    scene.archive.run(
        "DELETE FROM public_cold.medication_orders; DELETE FROM arc.purged_departure");

    try (PurgeService service = PurgeService.start(settings, new PurgeOptions(false))) {
      PurgeScene.await(this::held);
      scene.archive.run(
          "UPDATE arc.purge_hold SET released_by = 'dba', released_at = clock_timestamp()");

      PurgeScene.await(() -> service.counts().total() > 0);
      assertThat(OverduePages.read(settings).get(0).oldest()).isEqualTo(1);
    }
  }

  private static String metrics(PurgeService service) throws Exception {
    URI of = URI.create("http://127.0.0.1:" + service.healthPort() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(of).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
