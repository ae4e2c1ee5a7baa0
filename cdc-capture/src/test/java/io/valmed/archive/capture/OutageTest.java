package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.stack.process.FrozenServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A server goes away under load and comes back; capture goes on by itself, nothing lost or twice.
 */
class OutageTest {
  private static final Duration IN_TIME = Duration.ofSeconds(10);

  private final HotFixture hot = new HotFixture();
  private final List<String> expected = new ArrayList<>();

  @BeforeEach
  void start() {
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .provision()
        .startAndPass();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private void insert(int from, int to) {
    for (int id = from; id < to; id++) {
      hot.sql("INSERT INTO orders VALUES (%d, NULL, 'x')".formatted(id));
      expected.add("c " + id);
    }
  }

  private void everythingOnce() {
    hot.awaitPassed();
    assertThat(hot.topic("public.orders").told("id")).isEqualTo(expected);
  }

  @Test
  void kafka_is_killed_and_comes_back() {
    insert(1, 20);
    HotFixture.kafka().kill();
    insert(20, 40);
    HotFixture.kafka().start();
    insert(40, 50);

    everythingOnce();
  }

  @Test
  void hot_is_killed_and_comes_back() {
    insert(1, 20);
    hot.server().kill();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> hot.running().state() instanceof LoopState.Waiting);
    hot.server().start();
    insert(20, 40);

    everythingOnce();
  }

  @Test
  void capture_ends_in_time_while_kafka_is_dead_and_nothing_is_lost() {
    insert(1, 20);
    hot.awaitPassed();
    HotFixture.kafka().kill();
    try {
      insert(20, 40);
      endsInTime(hot.running());
      endsInTime(hot.start(CaptureOptions.NONE, FailPoint.NONE));
    } finally {
      HotFixture.kafka().start();
    }
    startAgain();
  }

  @Test
  void capture_ends_in_time_while_kafka_hangs_in_the_midst_of_a_commit_and_nothing_is_lost() {
    hot.stop();
    CountDownLatch committing = new CountDownLatch(1);
    long kafka = HotFixture.kafka().pid();
    AtomicBoolean armed = new AtomicBoolean();
    hot.start(
        CaptureOptions.NONE,
        (place, event) -> {
          if (place == FailPoint.Place.BEFORE_COMMIT && armed.getAndSet(false)) {
            FrozenServer.freeze(kafka);
            committing.countDown();
          }
        });
    insert(1, 20);
    hot.awaitPassed();
    armed.set(true);
    try {
      insert(20, 40);
      Awaitility.await().atMost(IN_TIME).until(() -> committing.getCount() == 0);
      endsInTime(hot.running());
    } finally {
      FrozenServer.thaw(kafka);
    }
    startAgain();
  }

  private static void endsInTime(CaptureService capture) {
    capture.stop();
    Awaitility.await().atMost(IN_TIME).until(() -> capture.state().ended());
    assertThat(capture.state()).isInstanceOf(LoopState.Stopped.class);
    capture.close();
  }

  private void startAgain() {
    hot.start();
    insert(40, 50);
    everythingOnce();
    assertThat(hot.value("SELECT count(*) FROM arc.purge_hold")).isEqualTo("0");
  }
}
