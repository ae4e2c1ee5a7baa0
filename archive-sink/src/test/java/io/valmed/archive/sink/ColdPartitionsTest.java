package io.valmed.archive.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColdPartitionsTest {
  private static final TableSchema PLAIN = table("plain", "timestamp without time zone");
  private static final TableSchema ZONED = table("zoned", "timestamp with time zone");
  private static final TableSchema DAILY = table("daily", "date");

  @ParameterizedTest
  @ValueSource(strings = {"Europe/Berlin", "UTC", "+02:00", "UTC+2"})
  void an_age_is_read_in_the_age_zone_and_decides_the_month_by_utc(String zone) throws Exception {
    ZoneId ageZone = ZoneId.of(zone);
    try (SinkFixture fixture = new SinkFixture(policy(ageZone))) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            List.of(PLAIN, ZONED, DAILY).forEach(capture::version);
            depart(capture, PLAIN, "2026-06-01 01:30:00");
            depart(capture, ZONED, "2026-06-01 01:30:00+02");
            depart(capture, DAILY, "2026-06-01");
          });

      fixture.startSink();
      fixture.awaitApplied();

      boolean utc = zone.equals("UTC");
      assertThat(ages(fixture, PLAIN))
          .containsExactly(
              utc ? "plain_y2026m06|2026-06-01 01:30:00" : "plain_y2026m05|2026-05-31 23:30:00");
      assertThat(ages(fixture, ZONED)).containsExactly("zoned_y2026m05|2026-05-31 23:30:00");
      assertThat(ages(fixture, DAILY))
          .containsExactly(
              utc ? "daily_y2026m06|2026-06-01 00:00:00" : "daily_y2026m05|2026-05-31 22:00:00");
    }
  }

  @Test
  void null_infinite_and_absurd_ages_share_the_undated_partition() throws Exception {
    try (SinkFixture fixture = new SinkFixture(policy(ZoneId.of("UTC")))) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            List.of(PLAIN, ZONED, DAILY).forEach(capture::version);
            for (String age :
                new @Nullable String[] {
                  null,
                  "infinity",
                  "-infinity",
                  "0044-03-15 BC",
                  "1899-12-31",
                  "2200-01-01",
                  "5874897-12-31"
                }) {
              depart(capture, DAILY, age);
            }
            depart(capture, PLAIN, "294276-12-31 23:59:59.999999");
            depart(capture, PLAIN, "1900-01-01 00:00:00");
            depart(capture, PLAIN, "2199-12-31 23:59:59.999999");
          });

      fixture.startSink();
      fixture.awaitApplied();

      assertThat(ages(fixture, DAILY)).hasSize(7).containsOnly("daily_undated|-infinity");
      assertThat(ages(fixture, PLAIN))
          .containsExactly(
              "plain_undated|-infinity",
              "plain_y1900m01|1900-01-01 00:00:00",
              "plain_y2199m12|2199-12-31 23:59:59.999999");
      assertThat(fixture.query("SELECT * FROM arc.quarantine")).isEmpty();
    }
  }

  @Test
  void partitions_of_hots_month_and_the_next_ones_are_made_ahead() throws Exception {
    try (SinkFixture fixture = new SinkFixture(policy(ZoneId.of("UTC")))) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            capture.version(PLAIN);
            capture.create(PLAIN, "1", null);
          });

      fixture.startSink();
      fixture.awaitApplied();

      assertThat(
              fixture.query(
                  "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'public_cold.plain'::regclass ORDER BY 1"))
          .contains("public_cold.plain_y2023m11", "public_cold.plain_y2023m12");
    }
  }

  private static int id;

  private static void depart(TestCapture capture, TableSchema schema, @Nullable String age) {
    capture.depart(schema, DepartureCause.DELETED, String.valueOf(++id), age);
  }

  private static List<String> ages(SinkFixture fixture, TableSchema schema) throws Exception {
    return fixture.query(
        "SELECT (SELECT relname FROM pg_class WHERE oid = c.tableoid), arc_age FROM public_cold.%s c ORDER BY arc_age"
            .formatted(schema.table().name()));
  }

  private static TableSchema table(String name, String ageType) {
    return TestTables.version(
        1, new TableId("public", name), List.of("id"), "id bigint", "at " + ageType);
  }

  private static Policy policy(ZoneId zone) {
    return new Policy(
        List.of(PLAIN, ZONED, DAILY).stream()
            .map(t -> new RootTable(t.table(), "at", null, Duration.ofDays(90), List.of()))
            .toList(),
        List.of(),
        zone);
  }
}
