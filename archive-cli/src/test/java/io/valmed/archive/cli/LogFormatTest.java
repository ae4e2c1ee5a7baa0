package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.valmed.archive.cli.common.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What stands on standard error, by the configuration that is shipped. */
class LogFormatTest {
  private static final List<String> SET =
      List.of(
          "archive.log.appender",
          "archive.log.level",
          "archive.log.others",
          "archive.log.trace",
          "archive.log.traces");

  @AfterEach
  void asBefore() {
    SET.forEach(System::clearProperty);
  }

  /** What is written of a failure and a progress line, once these options have been read. */
  private static List<String> written(String... options) throws Exception {
    StringWriter refused = new StringWriter();
    ArchiveMain.commandLine(new PrintWriter(refused), new PrintWriter(refused)).parseArgs(options);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(MDC.getMDCAdapter());
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(
          Objects.requireNonNull(LogFormatTest.class.getResource("/logback.xml")));
      Logger logger = context.getLogger("io.valmed.archive.Test");
      logger
          .atWarn()
          .setCause(new SQLException("ERROR: invalid input 'Ann'", "22P02"))
          .addKeyValue("rows", 1200)
          .addKeyValue("table", "public.orders")
          .log("a line \"of\" {}", "ours");
      context.getLogger("org.postgresql.Driver").warn("a library's");
      return err.toString(StandardCharsets.UTF_8).lines().toList();
    } finally {
      context.stop();
      System.setErr(before);
    }
  }

  @Test
  void a_line_for_people_has_no_stack_trace() throws Exception {
    assertThat(written("purge"))
        .singleElement()
        .asString()
        .endsWith("WARN  a line \"of\" ours rows=\"1200\" table=\"public.orders\"");
  }

  @Test
  void verbose_tells_where_a_failure_happened_and_no_value() throws Exception {
    assertThat(written("purge", "-v"))
        .anyMatch(line -> line.contains("\tat io.valmed.archive.cli.LogFormatTest"))
        .noneMatch(line -> line.contains("Ann"));
  }

  @Test
  void json_is_one_object_a_line_with_the_key_values_under_their_names() throws Exception {
    List<String> lines = written("purge", "--log-format", "json");

    assertThat(lines).hasSize(1);
    assertThat(fields(lines.get(0)))
        .containsOnlyKeys("time", "level", "logger", "message", "rows", "table")
        .containsEntry("level", "WARN")
        .containsEntry("logger", "io.valmed.archive.Test")
        .containsEntry("message", "a line \"of\" ours")
        .containsEntry("rows", "1200")
        .containsEntry("table", "public.orders");
    assertThat(fields(written("sink", "--log-format", "json", "-v").get(0)).get("trace"))
        .contains("LogFormatTest")
        .doesNotContain("Ann");
  }

  @Test
  void what_ends_a_verb_is_such_an_object_too() throws Exception {
    StringWriter err = new StringWriter();

    int code =
        ArchiveMain.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(err, true))
            .execute("verify", "--log-format", "json", "--config", "/no/such/archive.yaml");

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(fields(err.toString()))
        .containsEntry("level", "ERROR")
        .containsEntry("exit_code", "2")
        .hasEntrySatisfying("message", text -> assertThat(text).contains("there is no such file"));
  }

  private static Map<String, String> fields(String line) throws Exception {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        fields.put(name, json.getText());
      }
      assertThat(json.nextToken()).isNull();
    }
    return fields;
  }
}
