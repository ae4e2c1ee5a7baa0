package io.valmed.archive.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.KafkaSecurity;
import io.valmed.archive.runtime.server.NamedServers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;

/** What brokers refuse or do not answer is told with their address. */
class BrokersAreNamedTest {
  private static final KafkaAccess KAFKA =
      new KafkaAccess("127.0.0.1:1", 1, (short) 1, 1 << 20, KafkaSecurity.NONE);

  @Test
  void brokers_that_are_not_there() {
    Map<String, Object> properties = KAFKA.clientProperties("test");
    properties.put("default.api.timeout.ms", "1000");
    properties.put("request.timeout.ms", "1000");
    Exception failure;
    try (Admin admin = Admin.create(properties)) {
      failure = (Exception) catchThrowable(() -> admin.describeCluster().nodes().get());
    }

    Exception named = new NamedServers(List.of(), KAFKA).named(failure);

    assertThat(failure).isInstanceOf(ExecutionException.class);
    assertThat(FailureKind.of(named)).isEqualTo(FailureKind.RETRY);
    assertThat(Failures.sentence(named))
        .startsWith("Kafka at 127.0.0.1:1: no answer came in time (")
        .endsWith(
            "). See that the brokers run there and can be reached from here, or correct 'kafka.bootstrap-servers' in the settings.")
        .doesNotContainIgnoringCase("null");
  }

  @Test
  void a_login_that_is_refused_stops_and_names_them() {
    Exception named =
        new NamedServers(List.of(), KAFKA).named(new SaslAuthenticationException("no such user."));

    assertThat(FailureKind.of(named)).isEqualTo(FailureKind.STOP);
    assertThat(Failures.sentence(named))
        .startsWith("Kafka at 127.0.0.1:1 does not accept the user or the password: no such user;");
  }

  @Test
  void what_is_no_servers_fault_is_not_told_as_one() {
    Exception ours = new IllegalStateException("a fault of ours");

    assertThat(new NamedServers(List.of(), KAFKA).named(ours)).isSameAs(ours);
  }
}
