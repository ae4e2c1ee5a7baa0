package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.page.Kept;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables that are not ValMed's: composite and text keys, quoted names, three levels, any age. */
class AnyTablesTest {
  private static final String DDL =
      """
      CREATE SCHEMA @;
      CREATE TYPE @."State ?" AS ENUM ('open', 'done?');
      CREATE DOMAIN @.code AS varchar(20) COLLATE "C";
      CREATE TABLE @."Case" (
        "Ward" text, "No." int, "state" @."State ?", "Taken" timestamptz, data jsonb, PRIMARY KEY ("Ward", "No."));
      CREATE TABLE @.sample (
        code @.code PRIMARY KEY, w text, n int, amount numeric(10,2), FOREIGN KEY (n, w) REFERENCES @."Case" ("No.", "Ward"));
      CREATE TABLE @.result (
        sample @.code REFERENCES @.sample, at timestamp(3), kind char(4), value float8, PRIMARY KEY (sample, at, kind));
      CREATE TABLE @.note (id bigint PRIMARY KEY, sample varchar REFERENCES @.sample, text text);
      CREATE INDEX ON @.sample (w, n);
      CREATE INDEX ON @.note (sample);
      CREATE TABLE @.shift (day date PRIMARY KEY, crew text[]);
      INSERT INTO @."Case"
      SELECT w, i, CASE WHEN i % 5 = 0 THEN 'open' ELSE 'done?' END::@."State ?", now() - i * interval '1 day', '{"a": [1, null]}'
      FROM unnest(ARRAY['ä', 'Z', 'a', 'a\\b', 'a"b', 'a,b', '{}', ' ', 'NULL', 'it''s?', '%s']) w, generate_series(1, 20) i;
      INSERT INTO @.sample SELECT 'S''' || w || k || '\\' || "No.", w, "No.", k FROM @."Case" c, generate_series(1, 2) k, LATERAL (SELECT "Ward" AS w) x;
      INSERT INTO @.result SELECT code, timestamp '2024-01-01 00:00:00.125', k, 'NaN' FROM @.sample, unnest(ARRAY['x', 'yyyy']) k;
      INSERT INTO @.note SELECT row_number() OVER (), code, E'é\\n\\t' FROM @.sample;
      INSERT INTO @.shift SELECT current_date - i, ARRAY['a', NULL, 'b c'] FROM generate_series(0, 20) i
      """;

  private static final String SCHEMA = "Lab \"X\"";
  private static final TableId CASE = new TableId(SCHEMA, "Case");
  private static final TableId SAMPLE = new TableId(SCHEMA, "sample");
  private static final TableId SHIFT = new TableId(SCHEMA, "shift");
  private static final Policy POLICY =
      new Policy(
          List.of(
              new RootTable(
                  CASE,
                  "Taken",
                  "state = 'done?'::\"State ?\" and data ? 'a' -- ? {d} $1",
                  Duration.ofDays(10),
                  List.of(
                      new ChildTable(
                          SAMPLE,
                          List.of("w", "n"),
                          null,
                          List.of(
                              new ChildTable(
                                  new TableId(SCHEMA, "result"),
                                  List.of("sample"),
                                  "at",
                                  List.of()),
                              new ChildTable(
                                  new TableId(SCHEMA, "note"),
                                  List.of("sample"),
                                  null,
                                  List.of()))))),
              new RootTable(SHIFT, "day", null, Duration.ofDays(10), List.of())),
          List.of(),
          ZoneId.of("Europe/Berlin"));

  private PurgeScene scene;

  private static String lab(String sql) {
    return sql.replace("@", "\"Lab \"\"X\"\"\"");
  }

  @BeforeEach
  void archived() throws Exception {
    scene = PurgeScene.of(lab(DDL), POLICY);
    scene.mirrored();
  }

  @Test
  void whole_aggregates_of_four_tables_leave_hot() throws Exception {
    // 11 wards, days 10 to 20, of which 10, 15 and 20 are open.
    long cases =
        scene.hot.count(
            lab("@.\"Case\" WHERE state = 'done?' AND \"Taken\" < now() - interval '10 days'"));

    scene.settings().pageAggregates(13);
    PurgeCounts counts = scene.purge();

    assertThat(cases).isEqualTo(88);
    assertThat(counts.rows())
        .containsEntry(CASE, 88L)
        .containsEntry(SAMPLE, 176L)
        .containsEntry(new TableId(SCHEMA, "result"), 352L)
        .containsEntry(new TableId(SCHEMA, "note"), 176L);
    assertThat(scene.hot.count(lab("@.\"Case\""))).isEqualTo(220 - 88);
    assertThat(counts.rows().get(SHIFT)).isBetween(10L, 11L);
  }

  @Test
  void a_difference_three_levels_down_keeps_its_aggregate_alone() throws Exception {
    scene.archive.run(
        lab("UPDATE @.result SET value = 0 WHERE kind = 'yyyy' AND sample = 'S''ä1\\12'"));
    scene.archive.run(lab("DELETE FROM @.note WHERE sample = 'S''%s2\\11'"));

    scene.purgeUntil(
        counts ->
            PurgeScene.kept(counts, Kept.DIFFERS_FOR_NOW) == 1
                && PurgeScene.kept(counts, Kept.NOT_ARCHIVED_YET) == 1);

    assertThat(
            scene.hot.list(
                lab(
                    "SELECT \"Ward\" || \"No.\" FROM @.\"Case\" WHERE state = 'done?' AND \"Taken\" < now() - interval '10 days' ORDER BY 1")))
        .containsExactly("%s11", "ä12");
  }
}
