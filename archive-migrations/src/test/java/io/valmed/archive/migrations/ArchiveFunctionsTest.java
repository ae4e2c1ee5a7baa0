package io.valmed.archive.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ArchiveFunctionsTest {
  private static TestDatabase archive;

  @BeforeAll
  static void migrate() throws SQLException {
    archive = TestDatabase.archive();
    Migrations.of(Target.ARCHIVE, archive.superuser()).up();
  }

  @Test
  void a_table_gets_its_mirror_and_a_partitioned_cold_store_once() throws SQLException {
    String ensure =
        "SELECT arc.ensure_table('public', 'orders', '{id,note,at,bits,c,tags}', '{uuid,text,timestamp without time zone,bit varying,bpchar,text[]}', '{id}', true)";

    archive.run(ensure);

    List<String> once = CatalogText.of(archive);
    archive.run(ensure);
    assertThat(CatalogText.difference(once, CatalogText.of(archive))).isEmpty();
    assertThat(columns("public.orders"))
        .startsWith("id uuid", "note text", "at timestamp without time zone", "bits bit varying")
        .contains("c bpchar", "tags text[]", "arc_lsn pg_lsn")
        .doesNotContain("arc_age timestamp without time zone");
    assertThat(columns("public_cold.orders"))
        .contains("arc_cause text", "arc_age timestamp without time zone");
    assertThat(partitions("public_cold.orders")).containsExactly("public_cold.orders_undated");
  }

  @Test
  void months_are_attached_and_take_their_rows() throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('public', 'doses', '{id}', '{bigint}', '{id}', true);
        SELECT arc.ensure_partition('public', 'doses', '2026-11-17');
        SELECT arc.ensure_partition('public', 'doses', '2026-11-01');
        SELECT arc.ensure_partition('public', 'doses', NULL);
        INSERT INTO public_cold.doses (id, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        VALUES (1, 1, 1, '0/1', 'purged', '2026-11-30 23:59:59.999999'), (2, 1, 1, '0/1', 'deleted', '-infinity');
        """);

    assertThat(archive.list("SELECT tableoid::regclass || ' ' || id FROM public_cold.doses"))
        .containsExactlyInAnyOrder("public_cold.doses_y2026m11 1", "public_cold.doses_undated 2");
    assertThat(
            archive.list(
                "SELECT reloptions::text FROM pg_class WHERE oid = 'public_cold.doses_y2026m11'::regclass"))
        .containsExactly("{fillfactor=100}");
    assertThatThrownBy(
            () -> archive.run("SELECT arc.ensure_partition('public', 'doses', '2200-01-01')"))
        .hasMessageContaining("undated partition");
  }

  @Test
  void columns_are_added_with_the_value_that_older_rows_have_and_keep_their_type()
      throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('public', 'grown', '{id}', '{int}', '{id}', false);
        INSERT INTO public.grown (id, arc_version, arc_epoch, arc_lsn) VALUES (1, 1, 1, '0/1');
        SELECT arc.ensure_column('public', 'grown', 'level', 'numeric', '1.50');
        SELECT arc.ensure_column('public', 'grown', 'level', 'numeric', '1.50');
        SELECT arc.ensure_table('public', 'grown', '{id,level,"it''s"}', '{int,numeric,text}', '{id}', false);
        """);

    assertThat(archive.list("SELECT level::text FROM public.grown")).containsExactly("1.50");
    assertThat(columns("public_cold.grown")).contains("level numeric", "it's text");
    assertThatThrownBy(
            () -> archive.run("SELECT arc.ensure_column('public', 'grown', 'level', 'text', NULL)"))
        .hasMessageContaining("is numeric in the archive and cannot become text");
  }

  @Test
  void names_are_quoted_and_long_ones_keep_their_partitions_apart() throws SQLException {
    String longName = "n".repeat(62);
    archive.run(
        """
        SELECT arc.ensure_table('Odd "schema"', 'Ta%%s''ble', ARRAY['Ke"y','b'], '{text,int}', ARRAY['b','Ke"y'], true);
        SELECT arc.ensure_table('public', '%1$sa', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_table('public', '%1$sb', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_partition('public', '%1$sa', '2026-01-01');
        SELECT arc.ensure_partition('public', '%1$sb', '2026-01-01');
        """
            .formatted(longName));

    assertThat(
            archive.list(
                "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid"
                    + " WHERE i.indrelid = arc.mirror_of('Odd \"schema\"', 'Ta%s''ble') ORDER BY a.attnum"))
        .containsExactly("b", "Ke\"y");
    assertThat(partitions("public_cold." + longName + "a")).hasSize(2);
    assertThat(partitions("public_cold." + longName + "b")).hasSize(2);
  }

  @Test
  void what_could_do_harm_is_refused() {
    for (String call :
        List.of(
            "arc.ensure_table('arc', 't', '{id}', '{int}', '{id}', false)",
            "arc.ensure_table('public_cold', 't', '{id}', '{int}', '{id}', false)",
            "arc.ensure_table('pg_catalog', 't', '{id}', '{int}', '{id}', false)",
            "arc.ensure_table('public', 't', '{id,arc_x}', '{int,int}', '{id}', false)",
            "arc.ensure_table('public', 't', '{id}', '{int); DROP TABLE arc.epoch; --}', '{id}', false)",
            "arc.ensure_table('public', 't', '{id}', '{pg_class}', '{id}', false)",
            "arc.ensure_table('public', 't', '{id}', '{int}', '{other}', false)",
            "arc.ensure_table('public', 't', '{id,b}', '{int}', '{id}', false)",
            "arc.ensure_partition('public', 'nowhere', '2026-01-01')",
            "arc.ensure_column('arc', 'epoch', 'x', 'int', NULL)")) {
      assertThatThrownBy(() -> archive.run("SELECT " + call)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void a_table_that_is_not_the_archives_is_not_opened_to_the_sink() throws SQLException {
    archive.run("CREATE TABLE public.secrets (id int PRIMARY KEY)");

    assertThatThrownBy(
            () ->
                archive.run(
                    "SELECT arc.ensure_table('public', 'secrets', '{id}', '{int}', '{id}', false)"))
        .hasMessageContaining("not the archive's");
  }

  @Test
  void a_partition_whose_name_another_table_has_gets_one_of_its_own() throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('meets', 'ev_y2026m05', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_table('meets', 'ev_undated', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_table('meets', 'ev', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_partition('meets', 'ev', '2026-05-01');
        SELECT arc.ensure_partition('meets', 'ev', '2026-05-01');
        """);

    assertThat(partitions("meets_cold.ev"))
        .containsExactlyInAnyOrder("meets_cold.ev_2_undated", "meets_cold.ev_2_y2026m05");
  }

  @Test
  void a_table_whose_name_a_partition_or_an_index_has_gets_it_and_no_row_is_lost()
      throws SQLException {
    archive.run(
        """
        SELECT arc.ensure_table('gives', 'ev', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_partition('gives', 'ev', '2026-05-01');
        INSERT INTO gives_cold.ev (id, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        VALUES (1, 1, 1, '0/1', 'purged', '2026-05-10'), (2, 1, 1, '0/1', 'purged', '-infinity');
        SELECT arc.ensure_table('gives', 'ev_y2026m05', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_table('gives', 'ev_undated', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_table('gives', 'ev_pkey', '{id}', '{int}', '{id}', true);
        SELECT arc.ensure_partition('gives', 'ev', '2026-05-01');
        SELECT arc.ensure_partition('gives', 'ev', NULL);
        """);

    assertThat(archive.list("SELECT id FROM gives_cold.ev ORDER BY 1")).containsExactly("1", "2");
    assertThat(partitions("gives_cold.ev")).hasSize(2);
    assertThat(archive.list("SELECT id FROM gives_cold.ev_y2026m05")).isEmpty();
    assertThat(archive.list("SELECT id FROM gives.ev_pkey")).isEmpty();
  }

  @Test
  void a_waiting_call_gives_up_instead_of_stalling() throws SQLException {
    archive.run("SELECT arc.ensure_table('public', 'busy', '{id}', '{int}', '{id}', true)");
    try (Connection other = archive.superuser().connect("other");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT arc.lock_ddl()");

      assertThatThrownBy(
              () -> archive.run("SELECT arc.ensure_partition('public', 'busy', '2026-01-01')"))
          .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("55P03"));
    }
  }

  /** In a session whose catalog caches are warm: only that one can miss what was made meanwhile. */
  @Test
  void what_another_made_while_a_call_waited_is_seen() throws Exception {
    archive.run("SELECT arc.ensure_table('public', 'late', '{id}', '{int}', '{id}', true)");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Connection first = archive.superuser().connect("first");
        Connection second = archive.superuser().connect("second");
        Statement making = first.createStatement();
        Statement waiting = second.createStatement()) {
      for (int month = 1; month <= 12; month++) {
        waiting.execute(
            "SELECT arc.ensure_partition('public', 'late', '2025-%02d-01')".formatted(month));
      }
      first.setAutoCommit(false);
      String call = "SELECT arc.ensure_partition('public', 'late', '2026-01-01')";
      making.execute(call);

      Future<Boolean> waited = thread.submit(() -> waiting.execute(call));
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !archive.list("SELECT pid FROM pg_locks WHERE NOT granted").isEmpty());
      first.commit();

      assertThat(waited.get()).isTrue();
    }
    thread.shutdown();
  }

  @Test
  void sinks_that_call_at_once_make_everything_once() throws Exception {
    ExecutorService sinks = Executors.newFixedThreadPool(4);
    Callable<Boolean> sink =
        () -> {
          for (int i = 0; i < 3; i++) {
            archive.run(
                "SELECT arc.ensure_table('crowd', 't%1$d', '{id}', '{int}', '{id}', true)"
                    .formatted(i));
            archive.run(
                "SELECT arc.ensure_column('crowd', 't%1$d', 'more', 'text', 'x')".formatted(i));
            archive.run("SELECT arc.ensure_partition('crowd', 't%1$d', '2026-01-01')".formatted(i));
          }
          return true;
        };

    for (Future<Boolean> done : sinks.invokeAll(List.of(sink, sink, sink, sink))) {
      assertThat(done.get()).isTrue();
    }

    sinks.shutdown();
    assertThat(partitions("crowd_cold.t2")).hasSize(2);
  }

  private static List<String> columns(String table) throws SQLException {
    return archive.list(
        "SELECT attname || ' ' || format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = '"
            + table
            + "'::regclass AND attnum > 0 ORDER BY attnum");
  }

  private static List<String> partitions(String table) throws SQLException {
    return archive.list(
        "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '" + table + "'::regclass");
  }
}
