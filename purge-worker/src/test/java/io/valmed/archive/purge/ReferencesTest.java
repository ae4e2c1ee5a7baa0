package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.page.Kept;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Foreign keys of all kinds: what refers to a row keeps it, and keeps nothing else. */
class ReferencesTest {
  private static final TableId ORDERS = TableId.parse("public.orders");
  private static final TableId ITEMS = TableId.parse("public.items");
  private static final TableId OTHER = TableId.parse("public.other");
  private static final String OTHER_ROWS =
      """
      CREATE TABLE other (id int PRIMARY KEY, at timestamptz);
      INSERT INTO other SELECT i, now() - interval '200 days' FROM generate_series(1, 10) i;
      """;

  private static RootTable root(TableId table, String age, ChildTable... children) {
    return new RootTable(table, age, null, Duration.ofDays(90), List.of(children));
  }

  private static ChildTable items(String key) {
    return new ChildTable(ITEMS, List.of(key), null, List.of());
  }

  private static PurgeScene scene(String ddl, RootTable... roots) throws Exception {
    return PurgeScene.of(ddl, new Policy(Arrays.asList(roots), List.of(), ZoneOffset.UTC))
        .mirrored();
  }

  @Test
  void a_row_that_on_delete_restrict_protects_stays_and_all_others_go() throws Exception {
    TableId versions = TableId.parse("public.dag_version");
    TableId tasks = TableId.parse("public.task_instance");
    PurgeScene scene =
        scene(
            """
            CREATE TABLE dag_version (id int PRIMARY KEY, created_at timestamptz);
            CREATE TABLE task_instance (id int PRIMARY KEY, dag_version_id int REFERENCES dag_version ON DELETE RESTRICT, start_date timestamptz);
            CREATE TABLE secret (v int REFERENCES dag_version ON DELETE RESTRICT);
            INSERT INTO dag_version SELECT i, now() - interval '300 days' FROM generate_series(1, 5) i;
            INSERT INTO task_instance VALUES (1, 1, now()), (2, 2, now() - interval '200 days');
            INSERT INTO secret VALUES (4)
            """,
            root(tasks, "start_date"),
            root(versions, "created_at"));

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.kept(counts, Kept.REFERENCED)).isEqualTo(2);
    assertThat(scene.hot.list("SELECT id FROM dag_version ORDER BY 1")).containsExactly("1", "4");
    assertThat(scene.hot.list("SELECT id FROM task_instance")).containsExactly("1");
  }

  @Test
  void a_row_stays_that_a_table_refers_to_whose_excluded_columns_the_purger_may_not_read()
      throws Exception {
    TableId notes = TableId.parse("public.notes");
    PurgeScene scene =
        PurgeScene.of(
                """
                CREATE TABLE orders (id int PRIMARY KEY, created timestamptz);
                CREATE TABLE notes (id int PRIMARY KEY, order_id int REFERENCES orders, secret text);
                CREATE INDEX ON notes (order_id);
                INSERT INTO orders SELECT i, now() - interval '200 days' FROM generate_series(1, 5) i;
                INSERT INTO notes VALUES (1, 3, 's')
                """,
                new Policy(
                    List.of(root(ORDERS, "created")),
                    List.of(new ReferenceTable(notes, List.of("secret"))),
                    ZoneOffset.UTC))
            .mirrored();

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.kept(counts, Kept.REFERENCED)).isEqualTo(1);
    assertThat(scene.hot.list("SELECT id FROM orders")).containsExactly("3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DEFERRABLE INITIALLY DEFERRED", "ON DELETE RESTRICT"})
  void aggregates_whose_rows_refer_to_one_another_in_a_circle_go_whole(String kind)
      throws Exception {
    PurgeScene scene =
        scene(
            """
            CREATE TABLE orders (id int PRIMARY KEY, created timestamptz, latest_item int);
            CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, v text);
            CREATE INDEX ON items (order_id);
            INSERT INTO orders SELECT i, now() - interval '200 days' FROM generate_series(1, 10) i;
            INSERT INTO orders VALUES (11, now(), NULL);
            INSERT INTO items SELECT i, 1 + i %% 10, 'v' FROM generate_series(1, 30) i;
            UPDATE orders o SET latest_item = (SELECT max(id) FROM items WHERE order_id = o.id);
            UPDATE orders SET latest_item = 30 WHERE id = 11;
            ALTER TABLE orders ADD FOREIGN KEY (latest_item) REFERENCES items %s
            """
                .formatted(kind),
            root(ORDERS, "created", items("order_id")));

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.kept(counts, Kept.REFERENCED)).isEqualTo(1);
    assertThat(scene.hot.list("SELECT id FROM orders ORDER BY 1")).containsExactly("1", "11");
    assertThat(scene.hot.count("items")).isEqualTo(3);
  }

  @Test
  void a_chain_of_rows_starves_no_table_and_writes_no_error_into_hots_log() throws Exception {
    TableId states = TableId.parse("public.states");
    PurgeScene scene =
        scene(
            OTHER_ROWS
                + """
                  CREATE TABLE states (state_id bigint PRIMARY KEY, old_state_id bigint REFERENCES states, last_updated timestamptz NOT NULL, state text);
                  CREATE INDEX ON states (old_state_id);
                  INSERT INTO states SELECT i, CASE WHEN i > 4 THEN i - 4 END, now() - interval '300 days' + i * interval '1 minute', 's' FROM generate_series(1, 5000) i;
                  INSERT INTO states VALUES (5001, 4997, now(), 'young')
                  """,
            root(states, "last_updated"),
            root(OTHER, "at"));
    long errors = scene.hotErrors();

    PurgeCounts counts = scene.purge();

    assertThat(counts.rows()).containsEntry(OTHER, 10L);
    assertThat(scene.hot.list("SELECT count(*) FROM states WHERE state_id % 4 = 1"))
        .containsExactly("1251");
    assertThat(scene.hotErrors()).isEqualTo(errors);
  }

  @Test
  void a_row_that_is_known_to_be_referred_to_is_not_tried_again_and_again() throws Exception {
    PurgeScene scene =
        scene(
            OTHER_ROWS
                + """
                  CREATE TABLE secret (v int REFERENCES other);
                  INSERT INTO secret VALUES (4), (7)
                  """,
            root(OTHER, "at"));
    long errors = scene.hotErrors();

    try (PurgeService service =
        PurgeService.start(
            scene.settings().every(Duration.ofMillis(10)).make(),
            new PurgeOptions(false),
            Stage.Listener.NONE)) {
      PurgeScene.await(() -> scene.hot.count("other") == 2);
      long first = scene.hotErrors();
      scene.hot.run("INSERT INTO other SELECT i, '2020-01-01' FROM generate_series(20, 25) i");
      scene.mirrorAgain(OTHER);
      PurgeScene.await(() -> scene.hot.count("other") == 2);

      assertThat(first - errors).isBetween(1L, 20L);
      assertThat(scene.hotErrors()).isEqualTo(first);
      assertThat(PurgeScene.kept(service.counts(), Kept.REFERENCED)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "code int REFERENCES other | CREATE INDEX CONCURRENTLY ON \"public\".\"refers\" (\"code\")",
        "code int REFERENCES other, UNIQUE (code, id) | ",
        "code int REFERENCES other, UNIQUE (id, code) | CREATE INDEX CONCURRENTLY",
        "code bigint REFERENCES other, UNIQUE (code) | ",
        "code public.citext REFERENCES named (name), UNIQUE (code) | the type of the key",
        "code text COLLATE \"C\" REFERENCES named (name), UNIQUE (code) | "
      })
  void a_large_table_that_refers_without_a_usable_index_is_named_with_what_to_do(
      String columns, String sentence) throws Exception {
    TableId named = TableId.parse("public.named");
    PurgeScene scene =
        scene(
            OTHER_ROWS
                + """
                  CREATE EXTENSION citext;
                  CREATE TABLE named (id int PRIMARY KEY, at timestamptz, name text UNIQUE);
                  CREATE TABLE plain (id int PRIMARY KEY, at timestamptz);
                  INSERT INTO plain VALUES (1, '2020-01-01');
                  INSERT INTO named VALUES (1, '2020-01-01', 'a');
                  CREATE TABLE refers (id int, filler text, %s);
                  INSERT INTO refers (id, filler) SELECT i, repeat('x', 500) FROM generate_series(1, 500) i
                  """
                    .formatted(columns),
            root(OTHER, "at"),
            root(named, "at"),
            root(TableId.parse("public.plain"), "at"));

    PurgeCounts counts = scene.purge();

    List<String> held =
        counts.roots().values().stream()
            .map(PurgeCounts.Root::held)
            .filter(java.util.Objects::nonNull)
            .toList();
    if (sentence == null) {
      assertThat(held).isEmpty();
      assertThat(counts.total()).isEqualTo(12);
    } else {
      assertThat(held).singleElement().asString().contains("public.refers", sentence);
      assertThat(counts.rows()).containsEntry(TableId.parse("public.plain"), 1L);
    }
  }
}
