package io.valmed.archive.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthProbeTest {

  @Test
  void a_service_is_healthy_while_its_work_runs() {
    AtomicReference<LoopState> state = new AtomicReference<>(new LoopState.Starting());
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HealthEndpoint health =
        HealthEndpoint.start(
            free,
            new ServiceHealth(state::get, List.of(), List.of(), () -> ""),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    try (health) {
      assertThat(HealthProbe.ready(health.port())).as("starting").isFalse();
      state.set(new LoopState.Running());
      assertThat(HealthProbe.ready(health.port())).as("running").isTrue();
      assertThat(HealthProbe.anyReady("1", Integer.toString(health.port()))).isTrue();
    }

    assertThat(HealthProbe.ready(health.port())).as("gone").isFalse();
    assertThat(HealthProbe.anyReady("1", "2")).isFalse();
  }
}
