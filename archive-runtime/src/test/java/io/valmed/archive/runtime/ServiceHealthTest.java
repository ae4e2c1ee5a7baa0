package io.valmed.archive.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.valmed.archive.runtime.server.ServerQuestion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for a server that hangs, and for how long. */
class ServiceHealthTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch answers = new CountDownLatch(1);
  private final AtomicLong later = new AtomicLong();
  private final ServerQuestion<String> hangs =
      new ServerQuestion<>(
          "archive", new Hanging(asked, answers), () -> System.nanoTime() + later.get());

  /** Hangs until it may answer. */
  private record Hanging(AtomicInteger asked, CountDownLatch answers)
      implements ServerQuestion.Asked<String> {
    @Override
    public String ask() throws InterruptedException {
      asked.incrementAndGet();
      answers.await();
      return "here";
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void close() {
    answers.countDown();
    hangs.close();
  }

  @Test
  void a_server_that_hangs_is_asked_once_and_waited_for_two_seconds_by_all_together() {
    long begun = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      assertThat(hangs.answer().problem()).isEqualTo("it has not answered within 2 s");
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
    assertThat(asked).hasValue(1);
    answers.countDown();
    await().until(() -> hangs.answer().known());
    assertThat(hangs.answer().value()).isEqualTo("here");
    assertThat(asked).hasValue(1);
  }

  @Test
  void an_answer_is_remembered_for_two_seconds() {
    answers.countDown();
    for (int i = 0; i < 50; i++) {
      assertThat(hangs.answer().known()).isTrue();
    }
    assertThat(asked).hasValue(1);

    later.addAndGet(Duration.ofSeconds(3).toNanos());

    assertThat(hangs.answer().known()).isTrue();
    assertThat(asked).hasValue(2);
  }

  @Test
  void whoever_asks_whether_it_lives_does_not_wait_for_a_server() throws Exception {
    LifeSign life = new LifeSign("work", System::nanoTime);
    ServiceHealth service =
        new ServiceHealth(LoopState.Running::new, List.of(life), List.of(hangs), () -> "");
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (HealthEndpoint health = HealthEndpoint.start(free, service, registry)) {
      HttpClient client = HttpClient.newHttpClient();
      var ready = client.sendAsync(get(health, "ready"), HttpResponse.BodyHandlers.ofString());
      long begun = System.nanoTime();
      assertThat(client.send(get(health, "live"), HttpResponse.BodyHandlers.ofString()))
          .extracting(HttpResponse::statusCode)
          .isEqualTo(200);

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
      assertThat(ready.join().statusCode()).isEqualTo(503);
      assertThat(ready.join().body())
          .isEqualTo("is running\narchive does not answer: it has not answered within 2 s\n");
    }
  }

  private static HttpRequest get(HealthEndpoint health, String what) {
    URI address = URI.create("http://127.0.0.1:" + health.port() + "/health/" + what);
    return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build();
  }

  @Test
  void a_thread_is_overdue_when_its_next_sign_does_not_come_in_the_time_it_asked_for() {
    AtomicLong nanos = new AtomicLong();
    LifeSign life = new LifeSign("work", nanos::get);
    assertThat(life.overdue()).isFalse();

    life.give();
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    assertThat(life.overdue()).isTrue();
    assertThat(life.ageSeconds()).isEqualTo(7);

    life.give(Duration.ofMinutes(1));
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(life.overdue()).isFalse();
    assertThat(life.ageSeconds()).isEqualTo(59);

    life.rest();
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(life.overdue()).isFalse();
    assertThat(life.ageSeconds()).isZero();
  }
}
