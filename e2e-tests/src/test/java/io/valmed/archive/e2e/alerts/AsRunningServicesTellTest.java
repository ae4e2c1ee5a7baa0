package io.valmed.archive.e2e.alerts;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.ValMedWorld;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of metrics against a scrape of each service, the runbooks' SQL against both servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsRunningServicesTellTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern PORT = Pattern.compile("health_port=\"(\\d+)\"");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("[{,](\\w+)=\"");

  /** What is exported only once something has gone wrong. */
  private static final Set<String> RARE =
      Set.of("archive_capture_parked_total", "archive_sink_alarms_total");

  private final HttpClient client = HttpClient.newHttpClient();
  private Installation installation;
  private Map<String, Archive> services;

  @BeforeAll
  void run() throws Exception {
    installation = Installation.of(new ValMedWorld());
    Traffic.write(installation, new Ledger(), 40, 1);
    services =
        List.of("capture", "sink", "purge").stream()
            .collect(toMap(name -> name, name -> Archive.start(installation, name)));
  }

  @AfterAll
  void end() throws Exception {
    services.values().forEach(Archive::close);
    installation.close();
  }

  private String scrape(String service) throws Exception {
    Matcher port = PORT.matcher(Objects.requireNonNull(services.get(service)).output());
    if (!port.find()) {
      return "";
    }
    URI uri = URI.create("http://127.0.0.1:" + port.group(1) + "/metrics");
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static Map<String, String> types(String scraped) {
    Map<String, String> types = new TreeMap<>();
    TYPE.matcher(scraped).results().forEach(type -> types.put(type.group(1), type.group(2)));
    return types;
  }

  private static Set<String> labels(String scraped, ExportedMetrics.Line line) {
    Set<String> labels = new TreeSet<>();
    scraped
        .lines()
        .filter(sample -> line.series().stream().anyMatch(name -> sample.startsWith(name + "{")))
        .forEach(sample -> LABEL.matcher(sample).results().forEach(l -> labels.add(l.group(1))));
    labels.remove("le");
    return labels;
  }

  @ParameterizedTest
  @ValueSource(strings = {"capture", "sink", "purge"})
  void what_a_service_exports_is_what_the_list_says(String service) {
    List<ExportedMetrics.Line> lines =
        ExportedMetrics.all().stream().filter(one -> one.exporter().equals(service)).toList();
    Map<String, String> listed =
        lines.stream()
            .filter(one -> !RARE.contains(one.name()))
            .collect(toMap(ExportedMetrics.Line::name, ExportedMetrics.Line::type));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              String scraped = scrape(service);
              assertThat(types(scraped)).isEqualTo(listed);
              for (ExportedMetrics.Line line : lines) {
                if (!RARE.contains(line.name())) {
                  assertThat(labels(scraped, line)).as(line.name()).isEqualTo(line.labels());
                }
              }
            });
  }

  @Test
  void the_statements_of_the_runbooks_run_on_both_databases() throws Exception {
    int run = 0;
    try (Connection hot = installation.hotAsOwner();
        Connection archive = installation.archiveAsOwner()) {
      for (Runbook page : Runbook.all()) {
        for (Runbook.Look look : page.looks()) {
          assertThat(look.database()).as(page.name()).isIn("hot", "archive");
          assertThat(look.sql()).as(page.name()).startsWith("SELECT").doesNotContain(";");
          try (Statement statement =
              (look.database().equals("hot") ? hot : archive).createStatement()) {
            assertThat(statement.execute(look.sql())).as(page.name()).isTrue();
            run++;
          }
        }
      }
    }
    assertThat(run).isGreaterThan(10);
  }
}
