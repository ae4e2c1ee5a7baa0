package io.valmed.archive.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.ApiSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The api over a real archive, with statuses that the test says. */
final class ApiServiceTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path LISTED = Path.of("../deploy/prometheus/metrics.txt");

  @TempDir Path folder;
  private final InventedStatuses statuses = new InventedStatuses();
  private Site site;
  private ApiService api;
  private Answers answers;

  @BeforeEach
  void start() throws Exception {
    site = Site.make(folder);
    api = ApiService.start(site.settings(), "1.2.3", statuses);
    answers = Answers.of(api);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void the_newest_status_and_lag_are_answered_as_json() throws Exception {
    statuses.measure(Hospital.well(Instant.now()));
    statuses.measure(Hospital.sinkDown(Instant.now()));

    JsonNode status = answers.json("/v1/status");
    JsonNode lag = answers.json("/v1/lag");

    assertThat(status.path("state").asText()).isEqualTo("down");
    assertThat(status.path("cause").asText()).isEqualTo("sink");
    assertThat(status.path("hops")).hasSize(6);
    assertThat(lag.path("tables").path(0).path("records").asLong()).isEqualTo(2);
  }

  @Test
  void before_anything_is_measured_it_says_so_and_is_not_ready() throws Exception {
    assertThat(answers.get("/v1/status").statusCode()).isEqualTo(503);
    assertThat(answers.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(answers.get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(answers.get("/metrics").body())
        .contains("archive_build_info{version=\"1.2.3\"} 1\n")
        .contains("archive_state 2\n");
  }

  @Test
  void readiness_does_not_depend_on_what_is_measured() throws Exception {
    statuses.measure(Hospital.hotAway(Instant.now()));
    HttpResponse<String> away = answers.get("/health/ready");
    statuses.measure(Hospital.well(Instant.now().minusSeconds(61)));
    HttpResponse<String> stuck = answers.get("/health/ready");

    assertThat(away.statusCode()).isEqualTo(200);
    assertThat(stuck.statusCode()).isEqualTo(503);
  }

  @Test
  void every_metric_is_exported_under_its_name_with_a_help_text() throws Exception {
    statuses.measure(Hospital.well(Instant.now()));

    String metrics = answers.get("/metrics").body();

    Set<String> named = new TreeSet<>();
    Pattern.compile("^# HELP (\\S+) \\S", Pattern.MULTILINE)
        .matcher(metrics)
        .results()
        .forEach(help -> named.add(help.group(1)));
    assertThat(named)
        .containsExactlyInAnyOrderElementsOf(
            Files.readAllLines(LISTED).stream()
                .filter(line -> line.startsWith("api "))
                .map(line -> line.split(" +")[1])
                .toList());
    assertThat(metrics)
        .contains("archive_hop_state{hop=\"sink\",state=\"ok\"} 1\n")
        .contains("archive_hop_state{hop=\"sink\",state=\"down\"} 0\n")
        .contains("archive_up{server=\"hot\"} 1\n")
        .contains("archive_sink_behind_records{table=\"public.medication_orders\"} 2\n")
        .contains("archive_purge_held{table=\"*\"} 0\n")
        .contains("archive_tier_rows{table=\"public.drugs\",tier=\"mirror\"} 5000\n")
        .contains("archive_slot_lost 0\n");
    assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
        .allMatch(line -> line.matches("archive_[a-z_]+(\\{[^}]*\\})? -?[0-9.E]+"));
  }

  @Test
  void what_is_not_known_is_absent_and_never_nan() throws Exception {
    statuses.measure(Hospital.hotAway(Instant.now()));

    String metrics = answers.get("/metrics").body();

    assertThat(metrics)
        .contains("archive_up{server=\"hot\"} 0\n")
        .contains("archive_up{server=\"archive\"} 1\n")
        .contains("archive_state 5\n")
        .doesNotContain("NaN")
        .doesNotContain("archive_slot_")
        .doesNotContain("archive_purge_running");
  }

  @Test
  void the_page_loads_nothing_from_elsewhere_and_has_no_script_of_its_own() throws Exception {
    HttpResponse<String> page = answers.get("/");

    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self';")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.body()).doesNotContainPattern("<script[^>]*>[^<]").doesNotContain("style=");
    List<String> loaded = new ArrayList<>();
    Pattern.compile("(?:src|href)=\"([^\"#][^\"]*)\"")
        .matcher(page.body())
        .results()
        .forEach(link -> loaded.add(link.group(1)));
    assertThat(loaded).isNotEmpty().allMatch(link -> link.startsWith("/"));
    statuses.measure(Hospital.well(Instant.now()));
    for (String link : loaded) {
      assertThat(answers.get(link).statusCode()).as(link).isEqualTo(200);
    }
  }

  @Test
  void a_file_that_the_browser_has_is_not_sent_again() throws Exception {
    String tag = answers.get("/page.css").headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again = answers.get("/page.css", "If-None-Match", tag);

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void whoever_listens_hears_the_newest_at_once_and_every_later_one() throws Exception {
    statuses.measure(Hospital.well(Instant.now()));
    List<String> heard = new ArrayList<>();
    Thread listener =
        new Thread(
            () -> {
              try {
                var stream = URI.create(api.address() + "v1/stream").toURL().openConnection();
                stream.setRequestProperty("Accept", "text/event-stream");
                try (BufferedReader lines =
                    new BufferedReader(
                        new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
                  lines
                      .lines()
                      .filter(line -> line.startsWith("data:"))
                      .forEach(
                          line -> {
                            synchronized (heard) {
                              heard.add(line);
                            }
                          });
                }
              } catch (java.io.IOException | java.io.UncheckedIOException e) {
                // The api was closed.
              }
            });
    listener.setDaemon(true);
    listener.start();
    await().atMost(PATIENCE).until(() -> count(heard) == 1);

    statuses.measure(Hospital.troubled(Instant.now(), Hop.CAPTURE, HopState.STALLED));

    await().atMost(PATIENCE).until(() -> count(heard) == 2);
    assertThat(heard.get(0)).contains("\"state\":\"ok\"");
    assertThat(heard.get(1)).contains("\"state\":\"stalled\"");
  }

  private static int count(List<String> heard) {
    synchronized (heard) {
      return heard.size();
    }
  }

  @Test
  void a_range_that_is_no_time_is_told_so() throws Exception {
    HttpResponse<String> answer = answers.get("/v1/history?range=soon");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(Answers.json(answer).path("problem").asText()).contains("such as 15m");
  }

  @Test
  void a_port_that_is_taken_is_a_sentence() throws Exception {
    InventedStatuses other = new InventedStatuses();

    assertThatThrownBy(
            () ->
                ApiService.start(
                    site.settings()
                        .withApi(
                            new ApiSettings(
                                new InetSocketAddress(
                                    InetAddress.getLoopbackAddress(), api.healthPort()),
                                null)),
                    "1",
                    other))
        .isInstanceOf(StopException.class)
        .hasMessageContaining("api.port");
    assertThat(other.closed()).isTrue();
  }

  @Test
  void it_ends_when_it_is_told_to() throws Exception {
    api.stop();
    api.awaitEnd();
    api.close();

    assertThat(api.state().ended()).isTrue();
    assertThat(statuses.closed()).isTrue();
  }
}
