package io.valmed.archive.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.cli.common.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The measurements run, small. {@code -Dbench.all=true} runs every contest, with the peers that
 * Maven resolves; without it those that need nothing but the product and PostgreSQL, and few
 * starts.
 */
final class BenchTest {
  private static final String POSITIVE = "(0\\.0*)?[1-9]";
  private static final boolean ALL = Boolean.getBoolean("bench.all");

  /** What the command answered. */
  private record Answer(int code, String out, String err) {}

  @Test
  void a_contest_ends_with_rates_and_ratios_for_programs() throws Exception {
    String wanted = ALL ? "all" : "pipeline purge --no-peers";

    Answer answer = run((wanted + " --rows 400 --warm 100 --rounds 1 --json").split(" "));

    assertThat(answer.code()).as(answer.err()).isZero();
    assertThat(answer.out()).startsWith("{\"machine\":{\"cores\":").endsWith("}\n");
    references()
        .forEach(
            (contest, references) -> {
              assertThat(answer.out())
                  .as(contest)
                  .containsPattern("\"" + contest + "\":\\{\"rows_per_s\":" + POSITIVE)
                  .contains("\"spread\":[", "\"cpu_seconds\":{", "\"peak_rss_mib\":{");
              references.forEach(
                  reference ->
                      assertThat(answer.out())
                          .as(contest)
                          .containsPattern("\"ratio\":\\{[^}]*\"" + reference + "\":" + POSITIVE));
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "snik|'snik' is nothing that is measured; did you mean 'sink'?",
        "--rows 3|--rows must be 400 to 40000000, but is 3",
        "--rounds 0|--rounds must be 1 to 99, but is 0",
        "--row 400|'--row' is no known option; did you mean '--rows'?",
      })
  void a_wrong_argument_is_told_in_a_sentence(String arguments, String sentence) {
    Answer answer = run(arguments.split(" "));

    assertThat(answer.code()).isEqualTo(ExitCode.USAGE);
    assertThat(answer.err()).contains(sentence).contains("--help").doesNotContain("\tat ");
  }

  private static Map<String, List<String>> references() {
    return ALL
        ? Map.of(
            "capture", List.of("archive-engine", "debezium-engine", "pgoutput"),
            "sink", List.of("copy"),
            "pipeline", List.of("native-replication", "connect-jdbc-sink"),
            "purge", List.of("blind-delete", "nightly-sql"))
        : Map.of(
            "pipeline", List.of("native-replication"),
            "purge", List.of("blind-delete", "nightly-sql"));
  }

  private static Answer run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = BenchMain.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
    return new Answer(code, out.toString(), err.toString());
  }
}
