package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.stack.process.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * {@code archive api} beside real services: what it answers, what it keeps, what it never tells.
 */
class TheStatusIsServedTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String PATIENT = "Canary Patientovna";

  private final HttpClient http = HttpClient.newHttpClient();

  private String get(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static String answer(Path settings, String... verb) {
    try (Archive archive = Archive.start(settings, List.of(), verb)) {
      archive.awaitExit();
      return archive.output();
    }
  }

  @Test
  void the_way_is_shown_a_dead_sink_is_named_and_no_patient_is_told() throws Exception {
    int port = new FreePorts(new Random()).next();
    try (Installation installation = Installation.of(new ValMedWorld())) {
      installation.inHot(
          """
          INSERT INTO medication_orders SELECT gen_random_uuid(), '%s', (SELECT id FROM drugs LIMIT 1), 1, 's', 'completed',
            (SELECT id FROM users LIMIT 1), now() - interval '200 days' FROM generate_series(1, 50)
          """
              .formatted(PATIENT));
      Path settings = installation.directory().resolve("served.yaml");
      Files.writeString(
          settings,
          Files.readString(installation.settingsFile())
              + "\napi: { host: 127.0.0.1, port: %d }\n".formatted(port));
      try (Archive capture = Archive.start(settings, List.of(), "capture");
          Archive purge = Archive.start(settings, List.of(), "purge");
          Archive api = Archive.start(settings, List.of(), "api")) {
        try (Archive sink = Archive.start(settings, List.of(), "sink")) {
          new CatchUp(installation).within(PATIENCE, () -> capture.output() + sink.output());
          await()
              .atMost(PATIENCE)
              .ignoreExceptions()
              .untilAsserted(
                  () ->
                      assertThat(get(port, "/v1/status"))
                          .as(purge.output() + api.output())
                          .contains("\"sentence\":\"All is well"));
          assertThat(get(port, "/")).contains("ValMed Archive");
          sink.kill();
        }
        await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(
                () ->
                    assertThat(get(port, "/metrics"))
                        .contains("archive_hop_state{hop=\"sink\",state=\"down\"} 1"));
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(answer(settings, "report", "kpi"))
                        .contains("public.medication_orders"));
        Path page = installation.directory().resolve("kpi.html");
        assertThat(answer(settings, "report", "kpi", "--json", "--html", page.toString()))
            .startsWith("{")
            .contains("\"public.medication_orders\"");
        assertThat(Files.readString(page)).contains("public.medication_orders", "</html>");
        for (String path :
            List.of(
                "/v1/status",
                "/v1/lag",
                "/v1/events",
                "/v1/history?range=1h",
                "/v1/kpis",
                "/metrics",
                "/")) {
          assertThat(get(port, path)).as(path).isNotEmpty().doesNotContain(PATIENT);
        }
        assertThat(api.output() + Files.readString(page)).doesNotContain(PATIENT);
        assertThat(api.stop()).isLessThan(128 + 16);
      }
    }
  }
}
