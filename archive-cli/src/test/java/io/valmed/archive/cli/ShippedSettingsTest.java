package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
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
            .filter(line -> !line.contains("# properties"))
            .map(line -> line.replaceFirst("^( *)# ( *[a-z][a-z-]*:)", "$1$2"))
            .collect(Collectors.joining("\n"));
    Files.writeString(all, uncommented);

    Settings withDefaults = SettingsReader.read(EXAMPLE, Map.of());
    Settings written = SettingsReader.read(all, Map.of());

    assertThat(uncommented).contains("\nprefix: valmed").contains("\n  batch-records:");
    assertThat(written.prefix()).isEqualTo(withDefaults.prefix());
    assertThat(written.kafka()).isEqualTo(withDefaults.kafka());
    assertThat(written.policy()).isEqualTo(withDefaults.policy());
    assertThat(written.capture()).isEqualTo(withDefaults.capture());
    assertThat(written.sink()).isEqualTo(withDefaults.sink());
    assertThat(written.purge()).isEqualTo(withDefaults.purge());
  }

  @Test
  void a_local_stack_gets_settings_and_passwords_of_its_own() throws Exception {
    StackState.Postgres server =
        new StackState.Postgres(
            1L,
            "127.0.0.1",
            5,
            "postgres",
            "valmed",
            "jdbc:postgresql://127.0.0.1:5/valmed",
            folder.resolve("hot/password").toString(),
            "data",
            "log");
    StackState.Postgres archive =
        new StackState.Postgres(
            2L,
            "127.0.0.1",
            6,
            "postgres",
            "valmed_archive",
            "jdbc:postgresql://127.0.0.1:6/valmed_archive",
            folder.resolve("archive/password").toString(),
            "data",
            "log");
    StackState stack =
        new StackState(
            folder.toString(),
            null,
            null,
            false,
            "id",
            server,
            archive,
            new StackState.Kafka(3L, "127.0.0.1:7", 7, 8, "data", "log"));

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
}
