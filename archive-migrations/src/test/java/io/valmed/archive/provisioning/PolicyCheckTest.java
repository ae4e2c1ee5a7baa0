package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.provisioning.check.PolicyCheck;
import io.valmed.archive.provisioning.check.PolicyProblem;
import io.valmed.archive.provisioning.check.PolicyRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyCheckTest {
  private static TestDatabase hot;

  @BeforeAll
  static void tables() throws SQLException {
    hot = TestDatabase.hot();
    Migrations.of(Target.SAMPLE, hot.superuser()).up();
    hot.run(
        """
        CREATE TABLE good (id int PRIMARY KEY, at timestamptz, state text, day date);
        CREATE TABLE keyless (id int, at timestamp);
        CREATE TABLE late_key (id int PRIMARY KEY DEFERRABLE, at timestamp);
        CREATE TABLE array_key (id int[] PRIMARY KEY, at timestamp);
        CREATE TABLE float_key (id float8 PRIMARY KEY, at timestamp);
        CREATE DOMAIN lo AS oid;
        CREATE TABLE scanned (id int PRIMARY KEY, at timestamp, scan lo, sheet oid);
        CREATE TABLE including (id int, at timestamp, payload text, PRIMARY KEY (id) INCLUDE (payload));
        CREATE TABLE including_child (id int PRIMARY KEY, parent int REFERENCES including);
        CREATE INDEX ON including_child (parent);
        CREATE TABLE parted (id int, at timestamp, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE part PARTITION OF parted DEFAULT;
        CREATE TABLE base (id int PRIMARY KEY, at timestamp);
        CREATE TABLE heir (PRIMARY KEY (id)) INHERITS (base);
        CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY, at timestamp);
        CREATE VIEW a_view AS SELECT * FROM good;
        CREATE TABLE virtual (id int PRIMARY KEY, at timestamp, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL);
        CREATE TABLE prefixed (id int PRIMARY KEY, at timestamp, arc_lsn text);
        CREATE SCHEMA old_cold;
        CREATE TABLE old_cold.t (id int PRIMARY KEY, at timestamp);
        CREATE TABLE triggered (id int PRIMARY KEY, at timestamp);
        CREATE FUNCTION hook() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
        CREATE TRIGGER on_delete BEFORE DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION hook();
        CREATE TRIGGER on_insert BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION hook();
        CREATE TABLE ruled (id int PRIMARY KEY, at timestamp);
        CREATE RULE no_delete AS ON DELETE TO ruled DO INSTEAD NOTHING;
        CREATE TABLE pair (a int, b text, at timestamp, PRIMARY KEY (b, a));
        CREATE TABLE pair_child (id int PRIMARY KEY, pa int, pb text, other int REFERENCES good ON DELETE SET NULL,
          FOREIGN KEY (pa, pb) REFERENCES pair (a, b));
        CREATE INDEX ON pair_child (pa, pb, id);
        CREATE TABLE cascading (id int PRIMARY KEY REFERENCES good ON DELETE CASCADE);
        CREATE TABLE referring (id int PRIMARY KEY REFERENCES good);
        CREATE TABLE not_valid (id int PRIMARY KEY, good int);
        ALTER TABLE not_valid ADD FOREIGN KEY (good) REFERENCES good NOT VALID;
        """);
  }

  @Test
  void valmeds_policy_fits_valmeds_tables() throws SQLException {
    assertThat(check(TestSettings.valmed())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          public.missing     | at    | has no table
          public.keyless     | at    | no primary key
          public.late_key    | at    | deferrable
          public.array_key   | at    | the column id of type integer[]
          public.float_key   | at    | the column id of type double precision
          public.scanned     | at    | the column scan of type public.lo, which may name a large object
          public.parted      | at    | partitioned
          public.part        | at    | a partition
          public.base        | at    | inheritance
          public.heir        | at    | inheritance
          public.unlogged    | at    | unlogged
          public.a_view      | at    | a view
          public.virtual     | at    | virtual
          public.prefixed    | at    | arc_lsn
          old_cold.t         | at    | schema old_cold
          public.triggered   | at    | trigger on_delete
          public.ruled       | at    | rule no_delete
          public.pair        | never | no column never
          public.pair        | b     | of type text
          public.good        | at    | ON DELETE SET NULL
          public.good        | at    | cascading has ON DELETE CASCADE
          """)
  void what_cannot_be_purged_safely_is_refused(String table, String age, String problem)
      throws SQLException {
    List<PolicyProblem> problems = check(policy(root(table, age, null)));

    assertThat(problems)
        .anySatisfy(
            p -> {
              assertThat(p.isError()).isTrue();
              assertThat(p.key()).startsWith("policy.roots." + table);
              assertThat(p.problem()).contains(problem);
              assertThat(p.fix()).isNotBlank();
            });
  }

  @Test
  void a_foreign_key_without_an_index_is_named_with_the_statement_that_makes_one()
      throws SQLException {
    hot.run(
        """
        CREATE TABLE outside (id int, filler text, good_id int REFERENCES good);
        INSERT INTO outside SELECT i, repeat('x', 500) FROM generate_series(1, 500) i
        """);

    List<PolicyProblem> problems = check(policy(root("public.good", "at", "state")));

    hot.run("DROP TABLE outside");
    assertThat(problems)
        .anySatisfy(
            p -> {
              assertThat(p.isError()).isFalse();
              assertThat(p.problem()).contains("public.outside (good_id) without an index");
              assertThat(p.fix())
                  .contains("CREATE INDEX CONCURRENTLY ON \"public\".\"outside\" (\"good_id\")");
            });
  }

  @Test
  void all_problems_are_told_at_once_and_a_mere_reference_is_a_warning() throws SQLException {
    List<PolicyProblem> problems =
        check(policy(root("public.good", "at", "state"), root("public.keyless", "id", null)));

    assertThat(problems)
        .filteredOn(PolicyProblem::isError)
        .extracting(PolicyProblem::key)
        .containsExactly(
            "policy.roots.public.good.settled",
            "policy.roots.public.good",
            "policy.roots.public.good",
            "policy.roots.public.keyless",
            "policy.roots.public.keyless.age");
    assertThat(problems)
        .filteredOn(p -> !p.isError())
        .extracting(PolicyProblem::problem)
        .hasSize(2)
        .anyMatch(p -> p.contains("public.referring refers to public.good"));
    assertThatThrownBy(() -> PolicyRefusedException.unlessFree(problems))
        .hasMessageContaining("5 points")
        .hasMessageContaining("keyless");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          state = 'done'                            | fits
          state in ('a','b') or at is null          | fits
          at < now() - interval '1 day' -- late     | fits
          day = '2026-01-01' and id = 1             | fits
          true                                      | fits
          state =                                   | syntax error
          stat = 'done'                             | does not exist
          id                                        | must be type boolean
          true) or (true                            | syntax error
          true THEN true END or CASE WHEN true      | syntax error
          true; DROP TABLE good                     | ';'
          id in (select id from cascading)          | does not exist
          id in (select id from public.cascading)   | own columns only
          exists (select from public.referring r where r.id = good.id) | own columns only
          count(*) > 1                              | aggregate functions are not allowed
          """)
  void a_settled_predicate_is_one_condition_over_the_row(String settled, String outcome)
      throws SQLException {
    List<PolicyProblem> problems =
        check(policy(root("public.good", "at", settled))).stream()
            .filter(p -> p.key().endsWith(".settled"))
            .toList();

    if (outcome.equals("fits")) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).singleElement().asString().contains(outcome);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          random() < 0.5                                      | true
          state = 'done' and (id = 1 or clock_timestamp() > at) | true
          state = 'done' and at < now()                       | false
          good.state = 'done' -- random()                     | false
          true                                                | false
          id > 1 and lower(state) = 'x' and day is null       | false
          """)
  void a_predicate_that_may_change_its_mind_is_warned_of(String settled, boolean warned)
      throws SQLException {
    assertThat(check(policy(root("public.good", "at", settled))))
        .filteredOn(p -> p.key().endsWith(".settled"))
        .extracting(PolicyProblem::isError)
        .isEqualTo(warned ? List.of(false) : List.of());
  }

  @Test
  void a_childs_foreign_key_without_index_is_warned_of() throws SQLException {
    assertThat(check(family("public.good", "public.not_valid", "good")))
        .extracting(PolicyProblem::fix)
        .contains("run CREATE INDEX CONCURRENTLY ON \"public\".\"not_valid\" (\"good\")");
  }

  @Test
  void a_child_needs_its_foreign_key_in_the_order_of_the_parents_key() throws SQLException {
    assertThat(check(family("public.pair", "public.pair_child", "pb", "pa"))).isEmpty();

    assertThat(check(family("public.pair", "public.pair_child", "pa", "pb")))
        .extracting(PolicyProblem::toString)
        .anyMatch(
            p ->
                p.startsWith("policy.roots.public.pair.children.public.pair_child: no foreign key")
                    && p.contains("(b, a) of public.pair"));
    assertThat(check(family("public.good", "public.not_valid", "good")))
        .extracting(PolicyProblem::problem)
        .anyMatch(p -> p.contains("NOT VALID"));
    assertThat(check(family("public.good", "public.pair_child", "other")))
        .extracting(PolicyProblem::problem)
        .noneMatch(p -> p.contains("SET NULL"));
  }

  @Test
  void excluded_columns_must_exist_and_may_not_be_the_key() throws SQLException {
    Policy policy =
        new Policy(
            List.of(),
            List.of(new ReferenceTable(TableId.parse("public.drugs"), List.of("id", "nothing"))),
            ZoneOffset.UTC);

    assertThat(check(policy))
        .extracting(PolicyProblem::problem)
        .containsExactly(
            "column id is part of the primary key of public.drugs",
            "public.drugs has no column nothing");
  }

  @Test
  void a_plain_number_is_no_large_object_and_an_included_column_no_key() throws SQLException {
    RootTable scanned =
        new RootTable(
            TableId.parse("public.scanned"),
            "at",
            null,
            Duration.ofDays(90),
            List.of(),
            List.of("scan", "sheet"));

    assertThat(check(policy(scanned))).isEmpty();
    assertThat(check(family("public.including", "public.including_child", "parent"))).isEmpty();
  }

  @Test
  void a_plain_number_that_is_no_oid_is_told() throws SQLException {
    RootTable good =
        new RootTable(
            TableId.parse("public.pair"), "at", null, Duration.ofDays(90), List.of(), List.of("a"));

    assertThat(check(policy(good)))
        .extracting(PolicyProblem::problem)
        .contains("public.pair has no column a of type oid or lo");
  }

  @Test
  void the_check_needs_no_more_than_select() throws SQLException {
    hot.run(
        "CREATE ROLE onlooker LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker");
    try (Connection connection = hot.superuser().connect("test")) {
      connection.createStatement().execute("SET SESSION AUTHORIZATION onlooker");

      assertThat(policyCheck(TestSettings.valmed()).check(connection)).isEmpty();
      assertThat(connection.getAutoCommit()).isTrue();
    }
  }

  private static List<PolicyProblem> check(Policy policy) throws SQLException {
    try (Connection connection = hot.superuser().connect("test")) {
      return policyCheck(policy).check(connection);
    }
  }

  private static PolicyCheck policyCheck(Policy policy) {
    return new PolicyCheck(policy, new TopicNames("test"), List.of("arc_capture", "arc_purger"));
  }

  private static Policy family(String parent, String child, String... key) {
    ChildTable childTable = new ChildTable(TableId.parse(child), List.of(key), null, List.of());
    RootTable root =
        new RootTable(TableId.parse(parent), "at", null, Duration.ofDays(90), List.of(childTable));
    return new Policy(List.of(root), List.of(), ZoneOffset.UTC);
  }

  private static RootTable root(String table, String age, @Nullable String settled) {
    return new RootTable(
        TableId.parse(table), age, settled, Duration.ofDays(90), new ArrayList<>());
  }

  private static Policy policy(RootTable... roots) {
    return new Policy(List.of(roots), List.of(), ZoneOffset.UTC);
  }
}
