package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.server.DatabaseTls;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.sample.StackSettings;
import io.valmed.archive.stack.StackState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShippedSettingsTest {
  private static final Path EXAMPLE = Path.of("..", "deploy", "archive.example.yaml");

  @TempDir Path folder;

  @Test
  void the_examples_comments_tell_the_true_defaults() throws Exception {
    Path all = folder.resolve("archive.yaml");
    String uncommented =
        Files.readAllLines(EXAMPLE).stream()
            .filter(
                line ->
                    !line.matches(
                        " *# *(properties|tls|user|password-file|plain-number|token-file).*"))
            .map(line -> line.replaceFirst("^( *)# ( *[a-z][a-z-]*:)", "$1$2"))
            .collect(Collectors.joining("\n"));
    Files.writeString(all, uncommented);

    Settings withDefaults = SettingsReader.read(EXAMPLE, Map.of());
    Settings written = SettingsReader.read(all, Map.of());

    assertThat(uncommented)
        .contains("\nprefix: valmed")
        .contains("\n  batch-records:")
        .contains("\n  port: 8080");
    assertThat(written.prefix()).isEqualTo(withDefaults.prefix());
    assertThat(written.kafka()).isEqualTo(withDefaults.kafka());
    assertThat(written.policy()).isEqualTo(withDefaults.policy());
    assertThat(written.capture()).isEqualTo(withDefaults.capture());
    assertThat(written.sink()).isEqualTo(withDefaults.sink());
    assertThat(written.purge()).isEqualTo(withDefaults.purge());
    assertThat(written.verify()).isEqualTo(withDefaults.verify());
    assertThat(written.api()).isEqualTo(withDefaults.api());
  }

  @Test
  void servers_of_ones_own_are_asked_to_prove_who_they_are() {
    Path external = EXAMPLE.resolveSibling("compose").resolve("archive-external.yaml");

    Settings settings = SettingsReader.read(external, Map.of());

    assertThat(settings.hot().capture().tls().mode()).isEqualTo(DatabaseTls.Mode.VERIFY_FULL);
    assertThat(settings.archive().sink().tls().mode()).isEqualTo(DatabaseTls.Mode.VERIFY_FULL);
    assertThat(settings.kafka().security().rootCertificate()).isNotNull();
    assertThat(settings.kafka().security().passwordFile()).isNotNull();
  }

  @Test
  void a_local_stack_gets_settings_and_passwords_of_its_own() throws Exception {
    StackState stack = stack();

    Settings settings = SettingsReader.read(StackSettings.write(stack), Map.of());
    String password = settings.hot().capture().password();
    StackSettings.write(stack);

    assertThat(settings.hot().migrator().passwordFile()).isEqualTo(folder.resolve("hot/password"));
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("127.0.0.1:7");
    assertThat(settings.policy().tables())
        .extracting(PolicyTable::table)
        .contains(TableId.parse("public.medication_orders"), TableId.parse("public.users"));
    assertThat(password).hasSize(36).isEqualTo(settings.hot().capture().password());
    assertThat(settings.hot().purger().password()).isNotEqualTo(password);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("secrets/hot-capture"))))
        .isEqualTo("rw-------");
  }

  private StackState stack() {
    return new StackState(
        folder.toString(),
        null,
        null,
        false,
        "id",
        server("hot", "valmed", 5),
        server("archive", "valmed_archive", 6),
        new StackState.Kafka(3L, "127.0.0.1:7", 7, 8, "data", "log"));
  }

  private StackState.Postgres server(String name, String database, int port) {
    return new StackState.Postgres(
        1L,
        "127.0.0.1",
        port,
        "postgres",
        database,
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database,
        folder.resolve(name).resolve("password").toString(),
        "data",
        "log");
  }
}
