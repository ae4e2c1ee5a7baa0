package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.stack.process.FrozenServer;
import io.valmed.archive.stack.process.ServicePages;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever asks a sink learns what is so now, also while a server or a working thread hangs. */
class AskedSinkTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** What was away is back, and the work has been opened anew: it is tried every few seconds. */
  private static final Duration OPENED_ANEW = Duration.ofSeconds(10);

  private static final String ORDERS_LAG = "archive_sink_lag_records{table=\"public.orders\"}";

  /** Where the sink stands still. */
  private record Stuck(FailPoint.Boundary at, CountDownLatch until) {}

  private SinkFixture fixture;
  private TestCapture capture;
  private ServicePages pages;
  private volatile @Nullable Stuck stuck;

  @BeforeEach
  void start() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(() -> capture.version(ORDERS_V1));
    create("1");
    pages = new ServicePages(fixture.startSink(this::pass).healthPort());
    fixture.awaitApplied();
    await().atMost(SOON).until(() -> pages.readiness().equals("is running\n"));
  }

  private void pass(FailPoint.Boundary at) throws InterruptedException {
    Stuck now = stuck;
    if (now != null && now.at() == at) {
      now.until().await();
    }
  }

  private void create(String id) {
    capture.commit(() -> capture.create(ORDERS_V1, id, "n", null));
  }

  @AfterEach
  void stop() {
    fixture.close();
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
  void an_archive_that_hangs_shows_and_so_does_that_it_goes_on() {
    assertThat(pages.metric("archive_sink_alarms_open")).isZero();
    FrozenServer.during(
        SinkStack.get().archive().pid(),
        () -> {
          awaitAway("archive");
          assertThat(pages.metric("archive_sink_alarms_open")).isNaN();
          assertThat(pages.metric(ORDERS_LAG)).isNaN();
        });
    awaitBack("archive", SOON);
    assertThat(pages.metric("archive_sink_alarms_open")).isZero();
  }

  @Test
  void an_archive_that_is_killed_shows_and_so_does_its_return() {
    SinkStack.get().archive().kill();
    try {
      awaitAway("archive");
    } finally {
      SinkStack.get().archive().start();
    }
    awaitBack("archive", OPENED_ANEW);
  }

  @Test
  void a_broker_that_hangs_shows_and_so_does_that_it_goes_on() {
    FrozenServer.during(
        SinkStack.get().kafka().pid(),
        () -> {
          awaitAway("kafka");
          assertThat(pages.metric(ORDERS_LAG)).isNaN();
        });
    awaitBack("kafka", SOON);
  }

  @Test
  void a_broker_that_is_killed_shows_and_so_does_its_return() {
    SinkStack.get().kafka().kill();
    try {
      awaitAway("kafka");
    } finally {
      SinkStack.get().kafka().start();
    }
    awaitBack("kafka", OPENED_ANEW);
  }

  @Test
  void a_reader_that_hangs_shows_and_what_comes_meanwhile_is_counted() throws Exception {
    hang(FailPoint.Boundary.POLLED, "thread sink has not gone on for ");
  }

  @Test
  void a_thread_of_the_archive_that_hangs_shows_and_what_comes_meanwhile_is_counted()
      throws Exception {
    hang(FailPoint.Boundary.MERGED, "thread sink-archive has not gone on for ");
  }

  private void hang(FailPoint.Boundary at, String told) throws Exception {
    assertThat(pages.metric(ORDERS_LAG)).isZero();
    CountDownLatch latch = new CountDownLatch(1);
    stuck = new Stuck(at, latch);
    try {
      create("2");
      await().atMost(SOON).until(() -> !pages.ready());
      assertThat(pages.readiness()).contains(told);
      assertThat(pages.live()).isTrue();
      double lag = pages.metric(ORDERS_LAG);
      assertThat(lag).isPositive();
      create("3");
      await().atMost(SOON).until(() -> pages.metric(ORDERS_LAG) > lag);
    } finally {
      stuck = null;
      latch.countDown();
    }
    fixture.awaitApplied();
    await().atMost(SOON).until(() -> pages.ready() && pages.metric(ORDERS_LAG) == 0);
  }

  @Test
  void a_batch_that_waits_for_a_lock_is_ready_all_the_time() throws Exception {
    CompletableFuture<Boolean> locked =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                fixture.run("BEGIN; LOCK TABLE orders; SELECT pg_sleep(9); COMMIT");
                return true;
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    await()
        .atMost(SOON)
        .until(
            () ->
                fixture
                    .query(
                        "SELECT count(*) FROM pg_locks WHERE relation = 'public.orders'::regclass AND mode = 'AccessExclusiveLock'")
                    .contains("1"));
    create("2");

    while (!locked.isDone()) {
      assertThat(pages.readiness()).isEqualTo("is running\n");
      Thread.sleep(300);
    }
    assertThat(locked.get(1, TimeUnit.SECONDS)).isTrue();
    fixture.awaitApplied();
    assertThat(pages.ready()).isTrue();
  }

  @Test
  void every_metric_says_what_it_is() {
    assertThat(pages.metrics()).contains("archive_sink_records_total");
    assertThat(pages.metricsWithoutHelp()).isEmpty();
  }
}
