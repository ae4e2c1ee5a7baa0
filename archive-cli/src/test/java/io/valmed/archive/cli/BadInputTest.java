package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.cli.common.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is typed: one sentence, a way out, an exit code, and never a stack trace. */
final class BadInputTest {
  @TempDir Path folder;

  /** What a command answered. */
  private record Answer(int code, String out, String err) {}

  private static Answer run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        ArchiveMain.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
    return new Answer(code, out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "|archive: A verb is missing; one of: ",
        "snik|archive: 'snik' is no known verb or argument; did you mean 'sink'?",
        "snik --help|archive: 'snik' is no known verb or argument; did you mean 'sink'?",
        "purge paus --help|'paus' is no known verb or argument; did you mean 'pause'?",
        "maintain -h|archive: 'maintain' is no known verb or argument",
        "stack|archive: A verb is missing; one of: ",
        "stack upp|'upp' is no known verb or argument; did you mean 'up'?",
        "stack up --dri x|'--dri' is no known option; did you mean '--dir'?",
        "sample load --orders lots|'--orders': 'lots' is not an int",
        "sample load --orders -1|--orders must not be negative, but is -1",
        "sample load --history soon|--history 'soon' is not a duration; write 500ms, 30s",
        "sample traffic --live-rate 0|--live-rate must be above 0, but is 0.0",
        "demo --orders -5|--orders must not be negative, but is -5",
        "demo --live-rate -1|--live-rate must be 0 to 10000, but is -1.0",
        "purge pause|Missing required option: '--reason=TEXT'",
        "purge pause --reason r --table orders|'orders' is not a table's name; write schema.table",
        "purge paus|'paus' is no known verb or argument; did you mean 'pause'?",
        "verify --catch-up soon|--catch-up 'soon' is not a duration; write 30s, 5m or 1h",
        "verify --samples -3|--samples must not be negative, but is -3",
        "alarms|archive: A verb is missing; one of: ack, list",
        "alarms ack 7|Missing required options: '--by=NAME', '--reason=TEXT'",
        "quarantine|archive: A verb is missing; one of: list, retry, show",
        "quarantine retry|Name one record by its ID, or all of them with --all",
        "quarantine retry 7 --all|Name one record by its ID, or all of them with --all",
        "quarantine show seven|'seven' is not a long",
        "provision cold|'cold' cannot be provisioned; write hot or archive",
        "migrate|Missing required parameters: 'DATABASE', 'ACTION'",
        "bench sink --rows 400|'bench sink --rows 400' cannot run in an installation; run ./archive bench in",
        "init --hot h/d?sslmode=require --archive a/d --kafka k:1|--hot must not say how to encrypt; give --hot-tls MODE and --hot-ca FILE",
        "init --hot h/d --archive a/d --kafka k:1 --hot-tls verify-ca|--hot-tls verify-ca needs --hot-ca: the PEM file",
        "init --hot h/d --archive a/d --kafka k:1 --archive-tls maybe|--archive-tls must be one of disable, prefer, require",
        "init --hot h/d --archive a/d --kafka k:1 --kafka-user u|--kafka-user and --kafka-password-file belong together",
        "init --hot h/d --archive a/d --kafka k:1 --kafka-ca no.pem|--kafka-ca: there is no file no.pem",
        "migrate cold up|'cold' has no migrations; write hot, archive or sample",
      })
  void a_wrong_argument_is_told_in_a_sentence(String arguments, String sentence) {
    String[] words = arguments == null ? new String[0] : arguments.split(" ");

    Answer answer = run(words);

    assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(answer.err()).contains(sentence).contains("--help").doesNotContain("\tat ");
    assertThat(answer.out()).isEmpty();
  }

  @Test
  void settings_that_are_missing_name_the_option() {
    Answer answer = run("migrate", "hot", "status", "--config", "/nowhere/archive.yaml");

    assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(answer.err())
        .isEqualToIgnoringNewLines(
            "archive: /nowhere/archive.yaml: there is no such file; name yours with --config FILE");
  }

  @Test
  void all_errors_of_the_settings_are_told_at_once() throws Exception {
    Path file = folder.resolve("archive.yaml");
    Files.writeString(file, "prefix: 'a b'\npolicy: { roots: { public.t: { age: at } } }\n");

    Answer answer = run("migrate", "hot", "status", "--config", file.toString());

    assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(answer.err())
        .contains("has 6 errors:")
        .contains("line 1, prefix: ")
        .contains("hot.url: is missing")
        .contains("kafka.bootstrap-servers: is missing");
  }

  @Test
  void a_database_that_does_not_answer_has_its_own_code() throws Exception {
    Path file = folder.resolve("archive.yaml");
    Files.writeString(
        file,
        """
        hot: { url: "jdbc:postgresql://127.0.0.1:1/hospital", migrator: { user: owner } }
        archive: { url: "jdbc:postgresql://127.0.0.1:1/archive", migrator: { user: owner } }
        kafka: { bootstrap-servers: "127.0.0.1:1" }
        policy: { roots: { public.t: { age: at } } }
        """);

    Answer answer = run("migrate", "hot", "status", "--config", file.toString());

    assertThat(answer.code()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(answer.err())
        .isEqualToIgnoringNewLines(
            "archive: hot (127.0.0.1:1, database hospital, user owner): it refuses connections; nothing listens on that port. See that PostgreSQL runs there and can be reached from here ('pg_isready -h 127.0.0.1 -p 1'), or correct 'hot.url' in the settings.")
        .doesNotContain("\tat ");
  }

  @Test
  void a_stack_that_is_not_there_is_told() {
    Answer answer = run("stack", "status", "--dir", folder.resolve("none").toString());

    assertThat(answer.code()).isEqualTo(ExitCode.STOPPED);
    assertThat(answer.err()).contains("There is no local stack in");
  }

  @Test
  void help_and_version_are_answers() {
    assertThat(run("--help").code()).isZero();
    assertThat(run("--help").out()).contains("Exit codes").contains("stack");
    assertThat(run("--version").out()).startsWith("ValMed Archive ");
    assertThat(run("migrate", "--help").out()).contains("status, up, down, or sql");
  }
}
