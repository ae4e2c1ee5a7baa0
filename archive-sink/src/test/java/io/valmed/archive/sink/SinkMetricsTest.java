package io.valmed.archive.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.sink.apply.ArchiveStanding;
import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A sink whose archive is away must not look as if it kept up. */
class SinkMetricsTest {
  private static final Map<String, TableId> TABLES =
      Map.of("p.public.t", new TableId("public", "t"));
  private final AtomicReference<@Nullable ArchiveStanding> archive = new AtomicReference<>();
  private final AtomicReference<@Nullable Positions> kafka = new AtomicReference<>();
  private final AtomicLong nanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SinkMetrics metrics =
      new SinkMetrics(registry, question("archive", archive), question("kafka", kafka), TABLES);

  /** Answers what is there; without an answer it fails. Asked anew when the clock has moved. */
  private <T> ServerQuestion<T> question(String server, AtomicReference<@Nullable T> answer) {
    return new ServerQuestion<>(
        server,
        new ServerQuestion.Asked<T>() {
          @Override
          public T ask() throws SQLException {
            T now = answer.get();
            if (now == null) {
              throw new SQLException("away", "08006");
            }
            return now;
          }

          @Override
          public void close() {}
        },
        () -> System.nanoTime() + nanos.get());
  }

  private void later() {
    nanos.addAndGet(3_000_000_000L);
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  private static ArchiveStanding standing(OptionalDouble lag, long position) {
    return new ArchiveStanding(
        lag, Positions.of(Map.of("p.public.t/0", position)), 3, Map.of("public.gone", 2L));
  }

  @Test
  void the_lag_grows_while_the_archive_does_not_answer() {
    archive.set(standing(OptionalDouble.of(5), 0));
    assertThat(gauge("archive.sink.lag")).isGreaterThanOrEqualTo(5);
    archive.set(null);
    later();

    double first = gauge("archive.sink.lag");
    assertThat(first).isGreaterThanOrEqualTo(5);
    await().until(() -> gauge("archive.sink.lag") > first);
    assertThat(metrics.left()).endsWith("seconds behind hot");
    archive.set(standing(OptionalDouble.empty(), 0));
    later();
    assertThat(gauge("archive.sink.lag")).isNaN();
  }

  @Test
  void records_are_counted_to_the_topics_end_as_it_is_now() {
    archive.set(standing(OptionalDouble.empty(), 7));
    kafka.set(Positions.of(Map.of("p.public.t/0", 10L, "p.public.t/1", 4L, "p.public.tt/0", 9L)));
    assertThat(gauge("archive.sink.lag.records")).isEqualTo(3 + 4);
    assertThat(gauge("archive.sink.alarms.open")).isEqualTo(3);
    assertThat(
            registry
                .get("archive.sink.quarantine.open")
                .tag("table", "(not in the policy)")
                .gauge()
                .value())
        .isEqualTo(2);

    kafka.set(null);
    later();

    assertThat(gauge("archive.sink.lag.records")).isNaN();
    assertThat(gauge("archive.sink.alarms.open")).isEqualTo(3);
  }
}
