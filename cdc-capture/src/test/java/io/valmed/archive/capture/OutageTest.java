package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A server goes away under load and comes back; capture goes on by itself, nothing lost or twice.
 */
class OutageTest {
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
}
