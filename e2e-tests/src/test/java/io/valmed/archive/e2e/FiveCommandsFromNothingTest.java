package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.CaptureService;
import io.valmed.archive.cli.ArchiveMain;
import io.valmed.archive.e2e.servers.Postgres;
import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.support.SharedServers;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.purge.PurgeOptions;
import io.valmed.archive.purge.PurgeService;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.sink.SinkService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** README's "With your own database", word for word, on databases that nobody has prepared. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FiveCommandsFromNothingTest {
  private static final String APPLICATION =
      """
      CREATE ROLE hospital_app LOGIN;
      GRANT CREATE ON SCHEMA public TO hospital_app;
      SET ROLE hospital_app;
      """;
  private static final String COLD_ORDER =
      """
      INSERT INTO medication_orders
      SELECT gen_random_uuid(), 'p', (SELECT id FROM drugs LIMIT 1), 1, 's', 'completed', (SELECT id FROM users LIMIT 1), now() - interval '200 days'
      """;

  @TempDir static Path folder = Path.of("");

  private final Servers servers = SharedServers.get();

  /** What a command answered. */
  private record Answer(int code, String output) {}

  @Test
  @Order(1)
  void five_commands_with_plain_roles_make_everything_ready() throws Exception {
    servers.hot().createDatabase("hospital");
    inHot(APPLICATION + new ValMedWorld().schema() + COLD_ORDER);
    List<String> commands = commands();
    assertThat(commands).hasSize(5);

    for (String command : commands) {
      if (command.equals("./archive init --check")) {
        assertThat(Files.exists(folder.resolve("archive.yaml"))).isFalse();
      }
      Answer answer = run(command);
      assertThat(answer.code()).as("%s: %s", command, answer.output()).isZero();
    }

    Answer doctor = run("./archive doctor");
    assertThat(doctor.output()).contains("policy.draft").doesNotContain("FAIL");
    assertThat(doctor.code()).as(doctor.output()).isZero();
    for (Postgres server : List.of(servers.hot(), servers.archive())) {
      assertThat(
              number(
                  server,
                  "postgres",
                  "SELECT count(*) FROM pg_roles WHERE rolname ^@ 'arc_' AND (rolsuper OR pg_has_role(oid, 'postgres', 'MEMBER'))"))
          .isZero();
    }
  }

  @Test
  @Order(2)
  void the_proposed_policy_is_that_of_the_hospital_and_a_draft() throws IOException {
    Settings settings = settings();

    assertThat(settings.policy().draft()).isTrue();
    assertThat(settings.policy().roots())
        .extracting(root -> root.table() + " " + root.age())
        .containsExactly(
            "public.drug_transfers transfer_date", "public.medication_orders created_at");
    assertThat(settings.policy().roots().get(1).children())
        .extracting(child -> child.table() + " " + child.foreignKey())
        .containsExactly("public.medication_administrations [order_id]");
    assertThat(settings.policy().reference())
        .extracting(table -> table.table().toString())
        .containsExactly("public.drugs", "public.users");
    assertThat(Files.readString(folder.resolve("archive.yaml")))
        .contains("# settled: \"status in ('active','completed','discontinued')\"");
  }

  @Test
  @Order(3)
  void passwords_are_for_their_user_alone_and_settings_are_never_overwritten() throws Exception {
    String before = Files.readString(folder.resolve("archive.yaml"));
    List<Path> secrets;
    try (Stream<Path> files = Files.walk(folder)) {
      secrets = files.filter(Files::isRegularFile).toList();
    }

    Answer again = runHere(folder, commands().get(0));
    Answer check = runHere(folder, "./archive init --check");

    assertThat(again.code()).isEqualTo(4);
    assertThat(again.output()).contains("never overwritten");
    assertThat(check.output()).contains("was there already and stays");
    assertThat(Files.readString(folder.resolve("archive.yaml"))).isEqualTo(before);
    for (Path file : secrets) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
    String password = Files.readString(folder.resolve("secrets/hot-migrator")).strip();
    assertThat(password).hasSize(48);
    assertThat(Files.readString(folder.resolve("init/hot.sql"))).doesNotContain(password);
  }

  @Test
  @Order(4)
  void a_draft_is_archived_and_nothing_of_it_is_purged_until_a_person_agrees() throws Exception {
    try (CaptureService capture = CaptureService.start(settings(), CaptureOptions.NONE);
        SinkService sink = SinkService.start(settings())) {
      await()
          .atMost(Duration.ofMinutes(3))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(
                          number(
                              servers.archive(),
                              "hospital_archive",
                              "SELECT count(*) FROM public.medication_orders"))
                      .isEqualTo(1));
      assertThatThrownBy(() -> PurgeService.start(settings(), new PurgeOptions(true)))
          .isInstanceOf(StopException.class)
          .hasMessageContaining("draft: true");
      assertThat(orders()).isEqualTo(1);

      Path file = folder.resolve("archive.yaml");
      Files.writeString(file, Files.readString(file).replace("  draft: true\n", ""));
      try (PurgeService purge = PurgeService.start(settings(), new PurgeOptions(false))) {
        await()
            .atMost(Duration.ofMinutes(3))
            .untilAsserted(() -> assertThat(orders()).as("%s", purge.state()).isZero());
        purge.stop();
        purge.awaitEnd();
      }
      capture.stop();
      capture.awaitEnd();
      sink.stop();
      sink.awaitEnd();
    }
  }

  @Test
  @Order(5)
  void what_a_superuser_has_not_run_is_said_before_anything_is_written(@TempDir Path other)
      throws Exception {
    assertThat(runHere(other, commands().get(0)).code()).isZero();
    Answer check = runHere(other, "./archive init --check");

    assertThat(check.code()).isEqualTo(1);
    assertThat(check.output()).contains("FAIL  hot", "FAIL  archive", "init/hot.sql");
    assertThat(Files.exists(other.resolve("archive.yaml"))).isFalse();
  }

  private long orders() throws SQLException {
    return number(servers.hot(), "hospital", "SELECT count(*) FROM medication_orders");
  }

  /** The section's first block, with these servers instead of the examples. */
  private List<String> commands() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String section = readme.substring(readme.indexOf("## With your own database"));
    String block = section.split("```")[1];
    return block
        .lines()
        .map(line -> line.replaceFirst("\\s+#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .map(line -> line.replace("hot.example:5432", servers.hot().hosts()))
        .map(line -> line.replace("archive.example:5432", servers.archive().hosts()))
        .map(line -> line.replace("kafka.example:9092", kafka()))
        .toList();
  }

  private String kafka() {
    return servers.kafka().address().getHostString() + ":" + servers.kafka().address().getPort();
  }

  private Settings settings() {
    return SettingsReader.read(
        folder.resolve("archive.yaml"),
        Map.of(
            "ARCHIVE_CAPTURE_HEALTH_PORT", "0",
            "ARCHIVE_SINK_HEALTH_PORT", "0",
            "ARCHIVE_PURGE_HEALTH_PORT", "0"));
  }

  /** Within this process, which takes a second less. */
  private static Answer runHere(Path folder, String command) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    List<String> words = new ArrayList<>(List.of(command.split("\\s+")));
    words.addAll(List.of("--dir", folder.toString()));
    int code =
        ArchiveMain.commandLine(out, out)
            .execute(words.subList(1, words.size()).toArray(String[]::new));
    return new Answer(code, said.toString());
  }

  /** A superuser's command goes to the server without psql, which not every machine has. */
  private Answer run(String command) throws Exception {
    String[] words = command.split("\\s+");
    if (words[0].equals("psql")) {
      boolean hot = words[2].startsWith("hot");
      String database = words[List.of(words).indexOf("-d") + 1];
      Path file = folder.resolve(words[List.of(words).indexOf("-f") + 1]);
      try (Connection connection = (hot ? servers.hot() : servers.archive()).connect(database);
          Statement statement = connection.createStatement()) {
        for (String one : Files.readString(file).split("\n\n")) {
          statement.execute(one);
        }
      }
      return new Answer(0, "");
    }
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    java.add(System.getProperty("java.class.path"));
    java.add("io.valmed.archive.cli.ArchiveMain");
    java.addAll(List.of(words).subList(1, words.length));
    Process process =
        new ProcessBuilder(java).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), output);
  }

  private void inHot(String sql) throws SQLException {
    try (Connection connection = servers.hot().connect("hospital");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Postgres server, String database, String sql) throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
