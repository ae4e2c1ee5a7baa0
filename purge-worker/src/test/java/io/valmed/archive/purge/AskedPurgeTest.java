package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.runtime.settings.VerifySettings;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.process.FrozenServer;
import io.valmed.archive.stack.process.ServicePages;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever asks a purge worker learns what is so now, also while a database or the worker hangs. */
class AskedPurgeTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** What was away is back, and the work has been opened anew: it is tried every few seconds. */
  private static final Duration OPENED_ANEW = Duration.ofSeconds(10);

  private static final String HELD = "archive_purge_held{table=\"public.medication_orders\"}";
  private PurgeScene scene;
  private ServicePages pages = new ServicePages(0);

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 5);
    scene.mirrored();
    scene.settings().every(Duration.ofHours(1));
  }

  private PurgeService started() throws SQLException {
    PurgeService service = PurgeService.start(scene.settings().make(), new PurgeOptions(false));
    pages = new ServicePages(service.healthPort());
    PurgeScene.await(() -> scene.hot.count("medication_orders") == 0);
    await().atMost(SOON).until(() -> pages.readiness().equals("is running\n"));
    return service;
  }

  private double up(String server) {
    return pages.metric("archive_server_up{server=\"" + server + "\"}");
  }

  private void showsThatItHangs(String name, PostgresServer server) throws SQLException {
    try (PurgeService service = started()) {
      assertThat(pages.metric(HELD)).isZero();
      FrozenServer.during(
          server.pid(),
          () -> {
            awaitAway(name);
            assertThat(pages.metric(HELD)).isNaN();
            assertThat(pages.metric("archive_clock_skew_seconds{database=\"" + name + "\"}"))
                .isNaN();
          });
      awaitBack(name);
      assertThat(pages.metric(HELD)).isZero();
      assertThat(service.state().ended()).isFalse();
    }
  }

  private void showsThatItWasKilled(String name, PostgresServer server) throws SQLException {
    try (PurgeService service = started()) {
      server.kill();
      try {
        awaitAway(name);
      } finally {
        server.start();
      }
      awaitBack(name);
      assertThat(service.state().ended()).isFalse();
    }
  }

  private void awaitAway(String server) {
    await().atMost(SOON).until(() -> up(server) == 0 && !pages.ready());
    assertThat(pages.readiness()).contains(server + " does not answer: ");
    assertThat(pages.live()).isTrue();
  }

  private void awaitBack(String server) {
    await().atMost(SOON).until(() -> up(server) == 1);
    await().atMost(OPENED_ANEW).until(pages::ready);
  }

  @Test
  void a_hot_database_that_hangs_shows_and_so_does_that_it_goes_on() throws Exception {
    showsThatItHangs("hot", scene.hot.server());
  }

  @Test
  void an_archive_that_hangs_shows_and_so_does_that_it_goes_on() throws Exception {
    showsThatItHangs("archive", scene.archive.server());
  }

  @Test
  void a_hot_database_that_is_killed_shows_and_so_does_its_return() throws Exception {
    showsThatItWasKilled("hot", scene.hot.server());
  }

  @Test
  void an_archive_that_is_killed_shows_and_so_does_its_return() throws Exception {
    showsThatItWasKilled("archive", scene.archive.server());
  }

  @Test
  void a_worker_that_hangs_shows_and_so_does_that_it_goes_on() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean();
    try (PurgeService service =
        PurgeService.start(
            scene.settings().make(), new PurgeOptions(false), stage -> hang(stage, once, latch))) {
      pages = new ServicePages(service.healthPort());
      PurgeScene.await(once::get);

      await().atMost(SOON).until(() -> !pages.ready());

      assertThat(pages.readiness()).contains("thread purge has not gone on for ");
      assertThat(pages.metric("archive_life_sign_age_seconds{thread=\"purge\"}")).isGreaterThan(5);
      assertThat(pages.metric("archive_purge_run_age_seconds")).isGreaterThan(5);
      assertThat(up("hot") + up("archive")).isEqualTo(2);
      assertThat(pages.live()).isTrue();
      latch.countDown();
      await().atMost(OPENED_ANEW).until(pages::ready);
      PurgeScene.await(() -> scene.hot.count("medication_orders") == 0);
      await().atMost(SOON).until(() -> pages.metric("archive_purge_run_age_seconds") < 5);
    } finally {
      latch.countDown();
    }
  }

  private static void hang(Stage stage, AtomicBoolean once, CountDownLatch latch) {
    if (stage == Stage.LOCKED && once.compareAndSet(false, true)) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void a_hold_shows_at_once_though_no_run_is_due_for_an_hour() throws Exception {
    try (PurgeService service = started()) {
      for (TestDatabase database : List.of(scene.hot, scene.archive)) {
        for (String scope :
            List.of("*", "public.medication_orders", "public.medication_administrations")) {
          assertThat(pages.metric(HELD)).isZero();
          database.run(
              "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('"
                  + scope
                  + "', 'r', 'x')");
          await().atMost(SOON).until(() -> pages.metric(HELD) == 1);
          database.run("UPDATE arc.purge_hold SET released_by = 'x', released_at = now()");
          await().atMost(SOON).until(() -> pages.metric(HELD) == 0);
        }
      }
      scene.hot.run(
          "INSERT INTO arc.purge_hold (scope, reason, held_by, prefix) VALUES ('*', 'r', 'x', 'other')");
      Thread.sleep(2_500);
      assertThat(pages.metric(HELD)).isZero();
      assertThat(service.state().ready()).isTrue();
    }
  }

  @Test
  void a_page_that_takes_long_to_be_found_is_ready_all_the_time() throws Exception {
    scene
        .settings()
        .transactionTimeout(Duration.ofMinutes(2))
        .policy(
            new Policy(
                List.of(
                    new RootTable(
                        Valmed.TRANSFERS,
                        "transfer_date",
                        "pg_sleep(9) IS NOT NULL",
                        Duration.ofDays(90),
                        List.of())),
                List.of(),
                ZoneOffset.UTC));
    scene.hot.run(
        "INSERT INTO drug_transfers VALUES ('00000000-0000-0000-0000-000000000001', 1, now() - interval '100 days')");
    scene.mirrored();
    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(false))) {
      pages = new ServicePages(service.healthPort());
      await().atMost(OPENED_ANEW).until(() -> service.state().ready());

      while (scene.hot.count("drug_transfers") > 0) {
        assertThat(pages.readiness()).isEqualTo("is running\n");
        Thread.sleep(300);
      }
      assertThat(pages.ready()).isTrue();
    }
  }

  @Test
  void every_metric_says_what_it_is() throws Exception {
    try (PurgeService service =
        PurgeService.start(
            scene.settings().make().withVerify(new VerifySettings(Duration.ofDays(1), 1_000)),
            new PurgeOptions(false))) {
      pages = new ServicePages(service.healthPort());
      PurgeScene.await(() -> scene.hot.count("medication_orders") == 0);
      assertThat(pages.metrics()).contains("archive_verification_unread", "archive_purge_kept");
      assertThat(pages.metricsWithoutHelp()).isEmpty();
    }
  }
}
