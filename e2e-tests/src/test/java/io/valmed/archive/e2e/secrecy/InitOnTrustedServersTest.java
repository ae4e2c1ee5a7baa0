package io.valmed.archive.e2e.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.cli.ArchiveMain;
import io.valmed.archive.e2e.servers.Postgres;
import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.support.SecuredStack;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code archive init} on servers that let in nobody without TLS, and a broker with logins. */
class InitOnTrustedServersTest {
  private static final String APPLICATION =
      """
      CREATE ROLE hospital_app LOGIN;
      GRANT CREATE ON SCHEMA public TO hospital_app;
      SET ROLE hospital_app;
      """;

  @TempDir Path folder;

  /** What a command answered. */
  private record Answer(int code, String output) {}

  @Test
  void init_reaches_such_servers_with_the_options_for_them_and_not_without() throws Exception {
    try (SecuredStack secured = SecuredStack.start()) {
      Servers servers = secured.place().servers();
      Path plain = folder.resolve("plain");
      Path trusted = folder.resolve("trusted");
      servers.hot().createDatabase("of_init");
      run(servers.hot(), "of_init", APPLICATION + new ValMedWorld().schema());
      String ca = secured.trust().root().toString();

      assertThat(init(servers, plain).code()).isZero();
      assertThat(
              init(
                      servers,
                      trusted,
                      "--hot-ca",
                      ca,
                      "--archive-ca",
                      ca,
                      "--kafka-ca",
                      ca,
                      "--kafka-user",
                      secured.trust().kafkaUser(),
                      "--kafka-password-file",
                      secured.trust().kafkaPassword().toString())
                  .code())
          .isZero();
      superuser(servers.hot(), "of_init", trusted.resolve("init/hot.sql"));
      superuser(servers.archive(), "postgres", trusted.resolve("init/archive.sql"));
      Answer refused = archive("init", "--check", "--dir", plain.toString());
      Answer ready = archive("init", "--check", "--dir", trusted.toString());

      assertThat(refused.code()).as(refused.output()).isEqualTo(1);
      assertThat(ready.code()).as(ready.output()).isZero();
      Settings made = SettingsReader.read(trusted.resolve("archive.yaml"), Map.of());
      try (Connection hot = made.hot().migrator().connect("test");
          Admin admin = Admin.create(made.kafka().clientProperties("e2e"))) {
        assertThat(hot.isValid(5)).isTrue();
        assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  private static Answer init(Servers servers, Path folder, String... trust) {
    List<String> words = new ArrayList<>(List.of("init", "--dir", folder.toString()));
    words.addAll(List.of("--hot", servers.hot().hosts() + "/of_init"));
    words.addAll(List.of("--archive", servers.archive().hosts() + "/of_init"));
    words.addAll(
        List.of(
            "--kafka",
            servers.kafka().address().getHostString() + ":" + servers.kafka().address().getPort()));
    words.addAll(List.of(trust));
    return archive(words.toArray(String[]::new));
  }

  private static Answer archive(String... words) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int code = ArchiveMain.commandLine(out, out).execute(words);
    return new Answer(code, said.toString());
  }

  private static void superuser(Postgres server, String database, Path file) throws Exception {
    for (String statement : Files.readString(file).split("\n\n")) {
      run(server, database, statement);
    }
  }

  private static void run(Postgres server, String database, String sql) throws Exception {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
