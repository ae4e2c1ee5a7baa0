package io.valmed.archive.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** A sink that is stuck must not look as if it kept up. */
class SinkMetricsTest {

  @Test
  void the_lag_grows_while_nobody_measures_it() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    SinkMetrics metrics = new SinkMetrics(registry);

    metrics.lag(OptionalDouble.of(5));

    double first = registry.get("archive.sink.lag").gauge().value();
    assertThat(first).isGreaterThanOrEqualTo(5);
    await().until(() -> registry.get("archive.sink.lag").gauge().value() > first);
    metrics.lag(OptionalDouble.empty());
    assertThat(registry.get("archive.sink.lag").gauge().value()).isNaN();
  }
}
