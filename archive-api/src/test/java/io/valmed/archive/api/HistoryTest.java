package io.valmed.archive.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the archive keeps, written and read with the roles that provisioning gives. */
final class HistoryTest {
  @TempDir Path folder;

  @Test
  void the_history_survives_a_restart() throws Exception {
    Site site = Site.make(folder);
    Instant now = Instant.now();
    InventedStatuses statuses = new InventedStatuses();
    try (ApiService first = ApiService.start(site.settings(), "1", statuses)) {
      assertThat(first.state().ready()).isTrue();
      for (int seconds = 600; seconds >= 10; seconds -= 2) {
        statuses.measure(Hospital.well(now.minusSeconds(seconds)));
      }
    }

    try (ApiService second = ApiService.start(site.settings(), "1", new InventedStatuses())) {
      JsonNode history = Answers.of(second).json("/v1/history?range=1h");

      assertThat(history.path("step").asInt()).isEqualTo(10);
      assertThat(history.path("at").size()).isBetween(59, 61);
      assertThat(history.path("hotRows").path(5).asLong()).isGreaterThan(800_000);
      assertThat(history.path("seconds").path("sink").path(5).isNumber()).isTrue();
      assertThat(history.path("seconds").path("slot").path(5).isNull()).isTrue();
      assertThat(history.path("first").asLong())
          .isBetween(now.getEpochSecond() - 610, now.getEpochSecond() - 590);
    }
  }

  @Test
  void what_has_changed_is_told_as_events_newest_first() throws Exception {
    Site site = Site.make(folder);
    Instant now = Instant.now();
    InventedStatuses statuses = new InventedStatuses();
    try (ApiService first = ApiService.start(site.settings(), "1", statuses)) {
      assertThat(first.state().ready()).isTrue();
      statuses.measure(Hospital.well(now.minusSeconds(50)));
      statuses.measure(Hospital.sinkDown(now.minusSeconds(40)));
      statuses.measure(Hospital.troubled(now.minusSeconds(30), Hop.SINK, HopState.CATCHING_UP));
      statuses.measure(Hospital.well(now.minusSeconds(20)));
      statuses.measure(Hospital.held(now.minusSeconds(10)));
      statuses.measure(Hospital.hotAway(now));
    }

    try (ApiService second = ApiService.start(site.settings(), "1", new InventedStatuses())) {
      JsonNode events = Answers.of(second).json("/v1/events?range=1h").path("events");

      List<String> told = new ArrayList<>();
      events.forEach(e -> told.add(e.path("kind").asText() + " " + e.path("subject").asText()));
      assertThat(told)
          .contains("watched *", "migrated archive")
          .containsSubsequence(
              "away hot", "held *", "caught up sink", "started sink", "stopped sink");
    }
  }

  @Test
  void growth_is_told_per_week_and_a_rows_bytes() throws Exception {
    Site site = Site.make(folder);
    LocalDate today = Instant.now().atZone(ZoneOffset.UTC).toLocalDate();
    for (int days : new int[] {0, 7, 9}) {
      site.archive(
          """
          INSERT INTO arc.kpi_day VALUES ('hospital', '%s', 'public.t', '%s', %d, %d, %d, 10, 1000, 30, 3000, %d)
          """
              .formatted(
                  today.minusDays(days),
                  Instant.now().minus(days, ChronoUnit.DAYS),
                  1000 - days,
                  100_000 - days * 1000,
                  5_000 - days * 10,
                  100 - days * 10));
    }

    try (ApiService api = ApiService.start(site.settings(), "1", new InventedStatuses())) {
      JsonNode table = Answers.of(api).json("/v1/kpis").path("tables").path(0);

      assertThat(table.path("overDays").asInt()).isEqualTo(7);
      assertThat(table.path("hotBytesPerWeek").asLong()).isEqualTo(7_000);
      assertThat(table.path("purgedRowsPerWeek").asLong()).isEqualTo(70);
      assertThat(table.path("archiveBytesPerRow").asDouble()).isEqualTo(100.0);
    }
  }

  @Test
  void what_is_older_than_two_days_is_kept_coarsely_and_after_400_days_not_at_all()
      throws Exception {
    Site site = Site.make(folder);
    Instant now = Instant.now();
    InventedStatuses statuses = new InventedStatuses();
    try (ApiService first = ApiService.start(site.settings(), "1", statuses)) {
      assertThat(first.state().ready()).isTrue();
      for (int days : new int[] {401, 3}) {
        for (int seconds = 600; seconds > 0; seconds -= 10) {
          statuses.measure(Hospital.well(now.minus(days, ChronoUnit.DAYS).minusSeconds(seconds)));
        }
      }
      statuses.measure(Hospital.sinkDown(now.minus(3, ChronoUnit.DAYS)));
      statuses.measure(Hospital.well(now));
    }

    try (ApiService second = ApiService.start(site.settings(), "1", new InventedStatuses())) {
      JsonNode history = Answers.of(second).json("/v1/history?range=30d");

      List<Long> at = new ArrayList<>();
      history.path("at").forEach(time -> at.add(time.asLong()));
      assertThat(at.get(0))
          .isBetween(now.getEpochSecond() - 263_400, now.getEpochSecond() - 259_200);
      assertThat(history.path("step").asLong() % 300).isZero();
      // The worst of each five minutes.
      assertThat(history.path("state").toString()).contains("5");
      assertThat(site.count("status_sample WHERE at < now() - interval '2 days' AND step = 10"))
          .isZero();
      assertThat(site.count("status_sample WHERE at < now() - interval '400 days'")).isZero();
    }
  }

  @Test
  void while_the_archive_is_away_nothing_is_forgotten() throws Exception {
    Site site = Site.make(folder);
    Instant now = Instant.now();
    site.archive("ALTER ROLE %s_purger NOLOGIN".formatted(site.name()));
    InventedStatuses statuses = new InventedStatuses();
    try (ApiService api = ApiService.start(site.settings(), "1", statuses)) {
      for (int seconds = 600; seconds > 0; seconds -= 10) {
        statuses.measure(Hospital.well(now.minusSeconds(seconds)));
      }
      // A write has failed meanwhile.
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> site.failedLogins(site.name() + "_purger") > 0);
      assertThat(Answers.of(api).json("/v1/history?range=1h").path("at")).isEmpty();

      site.archive("ALTER ROLE %s_purger LOGIN".formatted(site.name()));

      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> Answers.of(api).json("/v1/history?range=1h").path("at").size() >= 60);
    }
  }

  @Test
  void while_the_archive_is_away_the_page_is_served_and_says_so() throws Exception {
    Site site = Site.make(folder);
    site.archive("ALTER ROLE %s_reader NOLOGIN".formatted(site.name()));

    try (ApiService api = ApiService.start(site.settings(), "1", new InventedStatuses())) {
      var answer = Answers.of(api).get("/v1/history?range=1h");

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(Answers.json(answer).path("problem").asText()).contains("archive");
      assertThat(Answers.of(api).get("/").statusCode()).isEqualTo(200);
    }
  }
}
