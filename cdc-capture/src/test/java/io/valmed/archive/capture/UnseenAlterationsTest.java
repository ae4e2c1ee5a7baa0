package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.TableRole;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A table that was altered in a way that changes rows, or the text of their values, without an
 * event is held until a new epoch has copied it, and no other; upkeep and what the stream tells of
 * hold nothing.
 */
class UnseenAlterationsTest {
  private static final HotFixture hot = new HotFixture();

  /** What is done to a table, each kind once while capture runs and once while it is down. */
  private static final Map<String, List<String>> UNSEEN =
      new TreeMap<>(
          Map.of(
              "label",
              List.of(
                  "ALTER TYPE %1$s_st RENAME VALUE 'done' TO 'finished'",
                  "labels of the type of column s were renamed"),
              "label_and_back",
              List.of(
                  "ALTER TYPE %1$s_st RENAME VALUE 'done' TO 'x'; ALTER TYPE %1$s_st RENAME VALUE 'x' TO 'done'",
                  "labels of the type of column s were renamed"),
              "label_in_domain",
              List.of(
                  "ALTER TYPE %1$s_deep RENAME VALUE 'low' TO 'base'",
                  "labels of the type of column d were renamed"),
              "attribute",
              List.of(
                  "ALTER TYPE %1$s_pt ADD ATTRIBUTE z int",
                  "attributes of the type of column p were altered"),
              "rewritten",
              List.of(
                  "ALTER TABLE %1$s ALTER v TYPE text USING upper(v)",
                  "the table was rewritten while column v was altered"),
              "wider_and_other",
              List.of(
                  "ALTER TABLE %1$s ALTER w TYPE text USING upper(w)",
                  "the table was rewritten while column w was altered"),
              "expression",
              List.of(
                  "ALTER TABLE %1$s ALTER COLUMN g SET EXPRESSION AS (n * 3)",
                  "the expression of the generated column g was set"),
              "generated",
              List.of(
                  "ALTER TABLE %1$s ADD h int GENERATED ALWAYS AS (n + 1) STORED",
                  "the generated column h was added"),
              "redefined",
              List.of(
                  "ALTER TABLE %1$s ADD c int DEFAULT 1;UPDATE %1$s SET v = 'w';ALTER TABLE %1$s DROP c;ALTER TABLE %1$s ADD c int DEFAULT 2",
                  "column c was added behind one that was dropped"),
              "rekeyed",
              List.of(
                  "ALTER TABLE %1$s DROP CONSTRAINT %1$s_pkey, ADD PRIMARY KEY (id) DEFERRABLE;"
                      + "ALTER TABLE %1$s DROP CONSTRAINT %1$s_pkey, ADD PRIMARY KEY (id)",
                  "its primary key was dropped and made anew")));

  private static final List<PolicyTable> UPKEPT =
      Stream.of("filled", "upkeep", "seen")
          .map(
              table ->
                  new PolicyTable(
                      TableId.parse("public." + table), TableRole.ROOT, "at", List.of()))
          .toList();

  @BeforeAll
  static void capture() {
    hot.withPartitions(1);
    UNSEEN
        .keySet()
        .forEach(
            kind -> {
              create(kind + "_running");
              create(kind + "_down");
            });
    for (String table :
        List.of("upkeep", "seen", "filled", "untouched", "bare_running", "bare_down")) {
      create(table);
    }
    hot.provision();
    hot.start(new CaptureOptions(false, Duration.ofMillis(200)), FailPoint.NONE);
    hot.awaitPassed();
  }

  @AfterAll
  static void close() {
    hot.close();
  }

  private static void create(String table) {
    hot.sql(
        """
        CREATE TYPE %1$s_st AS ENUM ('new', 'done');
        CREATE TYPE %1$s_deep AS ENUM ('low', 'high');
        CREATE TYPE %1$s_pt AS (x int, y int);
        CREATE TYPE %1$s_with AS (depth %1$s_deep);
        CREATE DOMAIN %1$s_dom AS %1$s_with[]
        """
            .formatted(table));
    hot.root(
        "public." + table,
        ("id int primary key, at timestamp, v text, w varchar(10), n int, s %1$s_st, p %1$s_pt,"
                + " d %1$s_dom, g int GENERATED ALWAYS AS (n * 2) STORED")
            .formatted(table));
    hot.sql(
        "INSERT INTO %s (id, v, w, n, s) SELECT i, 'v', 'w', i, 'done' FROM generate_series(1, 3) i"
            .formatted(table));
  }

  private static void alter(String when) {
    UNSEEN.forEach(
        (kind, told) -> {
          // Each a transaction of its own, unless capture must not look in between.
          for (String statement : told.get(0).formatted(kind + when).split("; ")) {
            hot.sql(statement);
          }
        });
  }

  private static void eachIsHeldByItself(String when) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                UNSEEN.forEach(
                    (kind, told) ->
                        assertThat(hot.hold("public." + kind + when))
                            .as(kind)
                            .contains(told.get(1))
                            .contains("--new-epoch")));
    assertThat(hot.hold("*")).isNull();
    hot.awaitPassed();
    assertThat(hot.hold("public.untouched")).isNull();
    UNSEEN
        .keySet()
        .forEach(
            kind ->
                assertThat(new CarriedRows(hot).alarms(kind + when))
                    .as(kind)
                    .hasSizeGreaterThan(0));
    assertThat(hot.running().state()).isInstanceOf(LoopState.Running.class);
  }

  @Test
  void what_changes_rows_without_an_event_holds_its_table_while_capture_runs() {
    alter("_running");

    eachIsHeldByItself("_running");
  }

  @Test
  void what_changes_rows_without_an_event_holds_its_table_after_a_downtime_and_until_an_epoch() {
    hot.stop();
    alter("_down");
    hot.startAndPass();

    eachIsHeldByItself("_down");
    hot.stop();
    hot.sql("UPDATE arc.purge_hold SET released_at = now(), released_by = 'test'");
    hot.startAndPass();
    eachIsHeldByItself("_down");
  }

  @Test
  void upkeep_and_what_the_stream_tells_of_hold_nothing() {
    hot.sql("ALTER TABLE filled ADD COLUMN f text DEFAULT 'f'");
    looked();
    written("filled", "upkeep", "pg_attribute", "pg_enum", "pg_constraint", "pg_class");
    looked();
    altered();
    looked();
    hot.stop();
    hot.sql("ALTER TABLE upkeep ALTER v SET STATISTICS 9");
    written("filled", "upkeep");
    hot.sql("ALTER TABLE seen ADD COLUMN b text, DROP COLUMN v, ALTER n SET NOT NULL");
    hot.sql("ALTER TYPE seen_st ADD VALUE 'later' BEFORE 'done'");
    hot.start(new CaptureOptions(false, Duration.ofMillis(200)), FailPoint.NONE);
    hot.sql("ALTER TABLE seen ALTER w TYPE varchar(20), ALTER id TYPE bigint");
    hot.sql("INSERT INTO seen (id, n, s) VALUES (9, 9, 'later')");
    hot.awaitPassed();
    looked();

    assertThat(hot.topic("public.seen").told("s")).endsWith("c later");
    for (PolicyTable table : UPKEPT) {
      assertThat(hot.hold(table.table().toString())).as(table.table().name()).isNull();
    }
    assertThat(hot.hold("*")).isNull();
  }

  /** Returns when capture has looked at the tables as they are now, and keeps what it saw. */
  private static void looked() {
    Settings settings = hot.settings();
    HotInspection inspection = new HotInspection(settings.hot().capture(), settings.capture());
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              Map<TableId, String> now = inspection.inspect(UPKEPT).published().shapes();
              Map<TableId, String> kept =
                  Objects.requireNonNull(new KafkaHistory(settings).read().offset())
                      .published()
                      .shapes();
              assertThat(kept).containsAllEntriesOf(now);
            });
  }

  private static void written(String... tables) {
    for (String table : tables) {
      hot.sql("VACUUM (FREEZE, ANALYZE) " + table);
      hot.sql("VACUUM FULL " + table);
    }
    hot.sql("REINDEX TABLE upkeep");
    hot.sql("REINDEX TABLE CONCURRENTLY upkeep");
    hot.sql("CLUSTER upkeep USING upkeep_pkey");
  }

  private static void altered() {
    hot.sql("CREATE INDEX ON upkeep (v); ALTER TABLE upkeep SET (fillfactor = 70)");
    hot.sql("ALTER TABLE upkeep ALTER v SET STATISTICS 7, ALTER v SET STORAGE EXTERNAL");
    hot.sql("COMMENT ON COLUMN upkeep.v IS 'a'; GRANT SELECT (v), UPDATE ON upkeep TO pg_monitor");
    hot.sql("ALTER TABLE upkeep ALTER w SET DEFAULT 'x'");
    hot.sql("ALTER TABLE upkeep ALTER v SET NOT NULL, ADD CHECK (n > 0)");
  }

  @Test
  void deletes_without_a_last_image_stop_their_table_though_full_was_given_back() {
    bare("bare_running");
    hot.stop();
    bare("bare_down");
    hot.startAndPass();

    for (String table : List.of("bare_running", "bare_down")) {
      hot.awaitPassed();
      assertThat(hot.hold("public." + table)).as(table).contains("REPLICA IDENTITY FULL");
      assertThat(new CarriedRows(hot).parked(table))
          .as(table)
          .filteredOn(value -> value.startsWith("{\"op\":\"d\""))
          .hasSize(2);
      assertThat(Objects.requireNonNull(hot.topic("public." + table).told("id")))
          .as(table)
          .contains("c 4")
          .noneMatch(change -> change.startsWith("d"));
    }
  }

  /** Every column but the key may be NULL, so that a row's key looks like a whole row. */
  private static void bare(String table) {
    hot.sql(
        "ALTER TABLE %1$s REPLICA IDENTITY DEFAULT; INSERT INTO %1$s (id) VALUES (4); DELETE FROM %1$s WHERE id < 3; ALTER TABLE %1$s REPLICA IDENTITY FULL"
            .formatted(table));
  }
}
