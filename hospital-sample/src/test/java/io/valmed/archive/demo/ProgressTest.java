package io.valmed.archive.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  @Test
  void without_a_terminal_a_stage_is_one_plain_line() {
    try (Progress progress = new LineProgress(out)) {
      Progress.Bar bar = progress.begin("load", "rows", 1_000);
      bar.at(500, 1_000);
      bar.at(1_002, 1_000);
      bar.end();
      bar.end();
    }

    assertThat(text.toString()).matches("load     1,002 of 1,002 rows in [0-9.]+ s \\(.*/s\\)\\R");
  }

  @Test
  void bars_are_drawn_in_place_and_lines_wait_until_they_have_ended() {
    try (Progress progress = new BarProgress(out, 100)) {
      Progress.Bar capture = progress.begin("capture", "rows", 10);
      Progress.Bar archive = progress.begin("archive", "rows", 10);
      capture.at(10, 10);
      progress.say("said meanwhile");
      capture.end();
      assertThat(text.toString()).doesNotContain("said meanwhile");
      archive.at(10, 10);
      archive.end();
    }

    assertThat(text.toString())
        .contains("\u001b[2A")
        .contains("archive 100% [================================")
        .endsWith("said meanwhile\n");
  }

  @Test
  void a_services_counter_is_summed_over_the_hospitals_tables() {
    String metrics =
        """
        # TYPE archive_sink_records_total counter
        archive_sink_records_total{table="public.drugs"} 200.0
        archive_sink_records_total{table="arc.heartbeat"} 77.0
        archive_sink_records_total{table="public.users"} 1.05E3
        archive_sink_records_total_created{table="public.users"} 9.0
        """;

    assertThat(ServiceMetrics.sum(metrics, "archive_sink_records_total")).isEqualTo(1_250);
    assertThat(ServiceMetrics.sum(metrics, "unknown")).isZero();
  }
}
