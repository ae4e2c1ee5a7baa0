package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeZone;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeCounts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row's age is judged in the policy's zone, whichever way the zone is written. */
class AgeZoneTest {
  private static final TableId TABLE = TableId.parse("public.o");

  @ParameterizedTest
  @ValueSource(strings = {"+02:00", "-05:30", "UTC+3", "Europe/Berlin", "Z"})
  void a_row_leaves_hot_when_it_is_old_in_the_policys_zone_and_not_a_minute_before(String zone)
      throws Exception {
    ZoneId id = ZoneId.of(zone);
    PurgeScene scene =
        PurgeScene.of(
            """
            CREATE TABLE o (id int PRIMARY KEY, at timestamp);
            INSERT INTO o SELECT n, timestamp '%s' + n * interval '1 minute' FROM generate_series(-62, 20) n
            """
                .formatted(LocalDateTime.now(id).minusHours(1)),
            new Policy(
                List.of(new RootTable(TABLE, "at", null, Duration.ofHours(1), List.of())),
                List.of(),
                id));
    scene.mirrored();

    PurgeCounts counts = scene.purge();

    assertThat(counts.rows().get(TABLE)).isBetween(62L, 70L);
    assertThat(scene.hot.list("SELECT count(*) FROM o WHERE id > 10")).containsExactly("10");
  }

  @Test
  void java_and_postgresql_agree_on_the_local_time_of_any_instant() throws Exception {
    PurgeScene scene =
        PurgeScene.of(
            "CREATE TABLE o (id int PRIMARY KEY, at timestamp)",
            new Policy(
                List.of(new RootTable(TABLE, "at", null, Duration.ofHours(1), List.of())),
                List.of(),
                ZoneId.of("UTC")));
    Random random = new Random(7);
    List<String> zones =
        List.of(
            "+02:00",
            "-05:30",
            "UTC+3",
            "GMT-04:15",
            "+18:00",
            "Z",
            "Etc/GMT+5",
            "Europe/Berlin",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Asia/Kathmandu");
    try (Connection connection = scene.hot.connect();
        Statement statement = connection.createStatement()) {
      for (String name : zones) {
        ZoneId zone = ZoneId.of(name);
        for (int i = 0; i < 100; i++) {
          // Two dense days around the change to summer time of 2026, then anything since 1990.
          long second =
              i < 50
                  ? 1_774_656_000L + random.nextInt(172_800)
                  : 631_152_000L + random.nextInt(1_200_000_000);
          try (ResultSet row =
              statement.executeQuery(
                  "SELECT (to_timestamp(%d) AT TIME ZONE %s)::text"
                      .formatted(second, AgeZone.sql(zone)))) {
            row.next();
            assertThat(LocalDateTime.parse(row.getString(1).replace(' ', 'T')))
                .as(name + " at " + second)
                .isEqualTo(LocalDateTime.ofInstant(Instant.ofEpochSecond(second), zone));
          }
        }
      }
    }
  }
}
