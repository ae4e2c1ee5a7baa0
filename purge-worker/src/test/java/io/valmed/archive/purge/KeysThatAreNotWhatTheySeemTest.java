package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.operations.verify.VerificationResult;
import io.valmed.archive.purge.count.PurgeCounts;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A key is what its index compares, and a table whose key does not serve holds up no other. */
class KeysThatAreNotWhatTheySeemTest {
  private static final TableId ORDERS = TableId.parse("public.o");
  private static final TableId ITEMS = TableId.parse("public.i");
  private static final TableId PLAIN = TableId.parse("public.plain");

  @SuppressWarnings("NullAway.Init") // made by each test
  private PurgeScene scene;

  private static RootTable root(TableId table, ChildTable... children) {
    return new RootTable(table, "at", null, Duration.ofDays(90), List.of(children));
  }

  private static Policy policy(RootTable... roots) {
    return new Policy(Arrays.asList(roots), List.of(), ZoneOffset.UTC);
  }

  private VerificationResult verify() throws Exception {
    return Verification.run(
        scene.settings().make(), new VerificationOptions(Duration.ofSeconds(1), 2, 5));
  }

  @Test
  void included_columns_are_no_part_of_a_key() throws Exception {
    scene =
        PurgeScene.of(
            """
            CREATE TABLE o (id int, at timestamptz, payload text, PRIMARY KEY (id) INCLUDE (payload));
            CREATE TABLE i (id int PRIMARY KEY, o_id int NOT NULL REFERENCES o);
            CREATE INDEX ON i (o_id);
            INSERT INTO o SELECT n, now() - interval '200 days', CASE WHEN n % 2 = 0 THEN 'x' END FROM generate_series(1, 6) n;
            INSERT INTO i SELECT n, n FROM generate_series(1, 6) n
            """,
            policy(root(ORDERS, new ChildTable(ITEMS, List.of("o_id"), null, List.of()))));
    scene.mirrored();
    scene.caughtUp();

    assertThat(verify().tables()).allMatch(VerificationResult.Table::clean);
    PurgeCounts counts = scene.purge();

    assertThat(counts.rows()).containsEntry(ORDERS, 6L).containsEntry(ITEMS, 6L);
    assertThat(
            scene.archive.list(
                "SELECT DISTINCT cardinality(key) FROM arc.purge_row WHERE table_name = 'public.o'"))
        .containsExactly("1");
  }

  @Test
  void keys_that_cannot_be_compared_exactly_are_told_and_hold_up_no_other_table() throws Exception {
    Map<TableId, String> types = new LinkedHashMap<>();
    StringBuilder ddl =
        new StringBuilder(
            """
            CREATE EXTENSION citext;
            CREATE TYPE pair AS (a int, b int);
            CREATE TABLE plain (id int PRIMARY KEY, at date);
            INSERT INTO plain VALUES (1, '2020-01-01');
            """);
    List.of(
            List.of("integer[]", "{1,2}"),
            List.of("double precision", "-0"),
            List.of("interval", "24:00"),
            List.of("public.pair", "(1,2)"),
            List.of("numrange", "[1.0,2)"),
            List.of("public.citext", "A"))
        .forEach(kind -> types.put(table(ddl, kind.get(0), kind.get(1)), kind.get(0)));
    List<RootTable> roots = new ArrayList<>();
    types.keySet().forEach(table -> roots.add(root(table)));
    roots.add(root(PLAIN));
    scene = PurgeScene.of(ddl.toString(), new Policy(roots, List.of(), ZoneOffset.UTC));
    scene.mirrored();
    scene.caughtUp();

    VerificationResult result = verify();
    PurgeCounts counts = scene.purge();

    for (VerificationResult.Table table : result.tables()) {
      if (table.table().equals(PLAIN)) {
        assertThat(table.clean()).isTrue();
        assertThat(table.rows()).isEqualTo(1);
      } else {
        String sentence = "the column k of type " + types.get(table.table());
        assertThat(table.problem()).contains(sentence);
        assertThat(PurgeScene.heldBecause(counts, table.table())).contains(sentence);
      }
    }
    assertThat(counts.rows()).containsEntry(PLAIN, 1L);
  }

  private static TableId table(StringBuilder ddl, String type, String value) {
    TableId table = new TableId("public", "t" + ddl.length());
    ddl.append(
        "CREATE TABLE %1$s (k %2$s PRIMARY KEY, at date); INSERT INTO %1$s VALUES ('%3$s', '2020-01-01');\n"
            .formatted(table.sql(), type, value));
    return table;
  }

  @Test
  void keys_of_all_other_kinds_are_proven_and_purged_by() throws Exception {
    StringBuilder ddl =
        new StringBuilder(
            """
            CREATE TYPE mood AS ENUM ('sad', 'glad');
            CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            """);
    List<RootTable> roots = new ArrayList<>();
    List.of(
            List.of("mood", "glad"),
            List.of("char(6)", "ab"),
            List.of("numeric(9,2)", "1.5"),
            List.of("int4range", "[1,5)"),
            List.of("timetz", "12:00+02"),
            List.of("inet", "10.0.0.1/8"),
            List.of("bytea", "\\x00ff"),
            List.of("bit(3)", "101"),
            List.of("text COLLATE anycase", "Ä"))
        .forEach(kind -> roots.add(root(table(ddl, kind.get(0), kind.get(1)))));
    scene = PurgeScene.of(ddl.toString(), new Policy(roots, List.of(), ZoneOffset.UTC));
    scene.mirrored();
    scene.caughtUp();

    assertThat(verify().tables()).allMatch(VerificationResult.Table::clean);
    PurgeCounts counts = scene.purge();

    assertThat(roots).allMatch(root -> Long.valueOf(1).equals(counts.rows().get(root.table())));
  }

  @Test
  void a_row_of_the_archive_whose_key_is_equal_but_not_the_same_is_told_as_extra()
      throws Exception {
    scene =
        PurgeScene.of(
            """
            CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE o (k text COLLATE anycase PRIMARY KEY, at date);
            INSERT INTO o VALUES ('smith', '2020-01-01')
            """,
            policy(root(ORDERS)));
    scene.mirrored();
    scene.archive.run(
        "INSERT INTO o (k, at, arc_committed_at) VALUES ('Smith', '2020-01-01', now())");

    VerificationResult.Table table = verify().tables().get(0);

    assertThat(table.missing()).isZero();
    assertThat(table.extra()).isEqualTo(1);
  }

  @Test
  void a_column_that_is_a_plain_number_by_the_policy_is_purged() throws Exception {
    scene =
        PurgeScene.of(
            """
            CREATE TABLE o (id int PRIMARY KEY, at date, scan oid);
            INSERT INTO o VALUES (1, '2020-01-01', 4711)
            """,
            policy(
                new RootTable(
                    ORDERS, "at", null, Duration.ofDays(90), List.of(), List.of("scan"))));
    scene.mirrored();

    assertThat(scene.purge().rows()).containsEntry(ORDERS, 1L);
  }
}
