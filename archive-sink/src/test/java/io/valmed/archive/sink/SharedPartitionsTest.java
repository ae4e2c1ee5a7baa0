package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.junit.jupiter.api.Test;

class SharedPartitionsTest {

  @Test
  void two_sinks_share_the_partitions_and_one_takes_over_when_the_other_leaves() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      capture.commit(() -> capture.version(ORDERS_V1));
      SinkService first = fixture.startSink(FailPoint.NONE, 50);
      write(capture, 0, 300);
      SinkService second = fixture.startSink(FailPoint.NONE, 50);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsMatching(e -> e.getCause() instanceof GroupIdNotFoundException)
          .until(() -> members(fixture) == 2);
      write(capture, 300, 600);
      fixture.awaitApplied();

      first.close();
      write(capture, 600, 900);
      fixture.awaitApplied();

      assertThat(second.state().ready()).isTrue();
      assertThat(
              fixture.query(
                  "SELECT count(*), count(*) FILTER (WHERE note = 'n' || id) FROM orders"))
          .containsExactly("900|900");
    }
  }

  @Test
  void a_frozen_sink_that_wakes_after_another_took_over_writes_nothing() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      capture.commit(() -> capture.version(ORDERS_V1));
      write(capture, 0, 50);
      CountDownLatch frozen = new CountDownLatch(1);
      CountDownLatch wake = new CountDownLatch(1);
      AtomicBoolean once = new AtomicBoolean();
      FailPoint freeze =
          at -> {
            if (at == FailPoint.Boundary.POLLED && once.compareAndSet(false, true)) {
              frozen.countDown();
              assertThat(wake.await(60, TimeUnit.SECONDS)).isTrue();
            }
          };
      SinkService zombie = fixture.startSink(freeze);
      assertThat(frozen.await(30, TimeUnit.SECONDS)).isTrue();

      // Another applies the same records and newer ones, as after the group has given up the first.
      fixture.startSinkOfAnotherGroup();
      capture.commit(
          () -> {
            for (int i = 0; i < 50; i++) {
              capture.update(ORDERS_V1, String.valueOf(i), "newer", null);
            }
          });
      fixture.awaitApplied();
      wake.countDown();
      capture.commit(() -> capture.create(ORDERS_V1, "1000", "last", null));
      fixture.awaitApplied();

      await().atMost(Duration.ofSeconds(20)).until(() -> zombie.state().ready());
      assertThat(fixture.query("SELECT count(*) FROM orders WHERE note = 'newer'"))
          .containsExactly("50");
    }
  }

  /** How many sinks have partitions. */
  private static long members(SinkFixture fixture) throws Exception {
    String group = fixture.settings().sink().group();
    return fixture.admin().describeConsumerGroups(List.of(group)).all().get().values().stream()
        .flatMap(g -> g.members().stream())
        .filter(m -> !m.assignment().topicPartitions().isEmpty())
        .count();
  }

  private static void write(TestCapture capture, int from, int to) {
    for (int id = from; id < to; id += 25) {
      int begin = id;
      capture.commit(
          () -> {
            for (int i = begin; i < Math.min(to, begin + 25); i++) {
              capture.create(ORDERS_V1, String.valueOf(i), "n" + i, null);
            }
          });
    }
  }
}
