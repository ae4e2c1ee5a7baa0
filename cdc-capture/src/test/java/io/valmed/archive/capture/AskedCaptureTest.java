package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.stack.process.FrozenServer;
import io.valmed.archive.stack.process.ServicePages;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever asks capture learns what is so now, also while a server or the working thread hangs. */
class AskedCaptureTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** What was away is back, and the work has been opened anew: it is tried every few seconds. */
  private static final Duration OPENED_ANEW = Duration.ofSeconds(10);

  private final HotFixture hot = new HotFixture();
  private final AtomicReference<@Nullable CountDownLatch> stuck = new AtomicReference<>();
  private ServicePages pages = new ServicePages(0);

  @BeforeEach
  void provision() {
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .provision();
  }

  private void start() {
    pages = new ServicePages(hot.start(CaptureOptions.NONE, this::pass).healthPort());
    hot.awaitPassed();
    assertThat(pages.readiness()).isEqualTo("is running\n");
  }

  private void pass(FailPoint.Place place, @Nullable SourceEvent event) {
    CountDownLatch latch = stuck.get();
    if (latch != null && place == FailPoint.Place.APPENDED) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private double up(String server) {
    return pages.metric("archive_server_up{server=\"" + server + "\"}");
  }

  private void awaitAway(String server) {
    await().atMost(SOON).until(() -> up(server) == 0 && !pages.ready());
    assertThat(pages.readiness()).contains(server + " does not answer: ");
    assertThat(pages.live()).isTrue();
  }

  private void awaitBack(String server, Duration within) {
    await().atMost(SOON).until(() -> up(server) == 1);
    await().atMost(within).until(pages::ready);
  }

  @Test
  void a_broker_that_hangs_shows_and_so_does_that_it_goes_on() {
    start();
    FrozenServer.during(
        HotFixture.kafka().pid(),
        () -> {
          awaitAway("kafka");
          double lag = pages.metric("archive_capture_lag_seconds");
          await().atMost(SOON).until(() -> pages.metric("archive_capture_lag_seconds") > lag + 1);
          assertThat(pages.metric("archive_capture_lag_bytes")).isPositive();
        });
    awaitBack("kafka", SOON);
  }

  @Test
  void a_broker_that_is_killed_shows_and_so_does_its_return() {
    start();
    HotFixture.kafka().kill();
    try {
      awaitAway("kafka");
    } finally {
      HotFixture.kafka().start();
    }
    awaitBack("kafka", OPENED_ANEW);
  }

  @Test
  void a_hot_database_that_hangs_shows_and_so_does_that_it_goes_on() {
    start();
    assertThat(pages.metric("archive_capture_retained_wal_bytes")).isNotNegative();
    FrozenServer.during(
        hot.server().pid(),
        () -> {
          awaitAway("hot");
          assertThat(pages.metric("archive_capture_retained_wal_bytes")).isNaN();
        });
    awaitBack("hot", SOON);
    assertThat(pages.metric("archive_capture_retained_wal_bytes")).isNotNegative();
  }

  @Test
  void a_hot_database_that_is_killed_shows_and_so_does_its_return() {
    start();
    hot.server().kill();
    try {
      awaitAway("hot");
    } finally {
      hot.server().start();
    }
    awaitBack("hot", OPENED_ANEW);
  }

  @Test
  void a_working_thread_that_hangs_shows_and_so_does_that_it_goes_on() {
    start();
    CountDownLatch latch = new CountDownLatch(1);
    stuck.set(latch);
    try {
      await().atMost(SOON).until(() -> !pages.ready());
      assertThat(pages.readiness()).contains("thread capture has not gone on for ");
      assertThat(pages.metric("archive_life_sign_age_seconds{thread=\"capture\"}"))
          .isGreaterThan(5);
      assertThat(pages.metric("archive_capture_lag_seconds")).isGreaterThan(5);
      assertThat(up("hot") + up("kafka")).isEqualTo(2);
      assertThat(pages.live()).isTrue();
    } finally {
      stuck.set(null);
      latch.countDown();
    }
    await().atMost(SOON).until(pages::ready);
  }

  @Test
  void a_long_snapshot_is_ready_all_the_time() throws Exception {
    hot.sql("INSERT INTO orders SELECT i, NULL, 'x' FROM generate_series(1, 90) AS i");
    CaptureService capture =
        hot.start(
            CaptureOptions.NONE,
            (place, event) -> {
              if (place == FailPoint.Place.APPENDED && event == null) {
                slowly();
              }
            });
    pages = new ServicePages(capture.healthPort());
    await().atMost(OPENED_ANEW).until(pages::ready);

    for (int i = 0; i < 20; i++) {
      assertThat(pages.readiness()).isEqualTo("is running\n");
      Thread.sleep(400);
    }
    hot.awaitPassed();
    assertThat(pages.ready()).isTrue();
  }

  private static void slowly() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void every_metric_says_what_it_is() {
    start();

    assertThat(pages.metrics()).contains("archive_capture_changes_total");
    assertThat(pages.metricsWithoutHelp()).isEmpty();
  }
}
