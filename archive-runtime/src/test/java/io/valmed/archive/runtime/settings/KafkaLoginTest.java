package io.valmed.archive.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.runtime.StopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's clients are given to log in with. */
final class KafkaLoginTest {
  private static final String SMALLEST = SettingsReaderTest.SMALLEST;

  @Test
  void secrets_of_kafka_come_from_a_file_when_a_client_is_made(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("archive.yaml");
    Files.writeString(file, SMALLEST.replace(":9092\"", ":9092\", properties-file: k.properties"));
    Settings settings = SettingsReader.read(file, Map.of());

    assertThatThrownBy(() -> settings.kafka().clientProperties("any"))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("k.properties cannot be read");
    Files.writeString(folder.resolve("k.properties"), "sasl.jaas.config=secret\n");

    assertThat(settings.kafka().clientProperties("any"))
        .containsEntry("sasl.jaas.config", "secret");
    Files.writeString(folder.resolve("k.properties"), "acks=1\n");
    assertThatThrownBy(() -> settings.kafka().clientProperties("any"))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("sets acks");
  }

  @Test
  void a_user_of_kafka_logs_in_by_scram_over_tls(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("k"), "a \"quoted\" \\ password\n");
    Files.writeString(folder.resolve("ca.pem"), "PEM");
    Path file = folder.resolve("archive.yaml");
    Files.writeString(
        file,
        SMALLEST.replace(
            ":9092\"", ":9092\", user: arc, password-file: k, tls: { root-certificate: ca.pem }"));

    Map<String, Object> properties =
        SettingsReader.read(file, Map.of()).kafka().clientProperties("any");

    assertThat(properties)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("ssl.truststore.type", "PEM")
        .containsEntry("ssl.truststore.location", folder.resolve("ca.pem").toString())
        .containsEntry(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"arc\""
                + " password=\"a \\\"quoted\\\" \\\\ password\";");
  }
}
