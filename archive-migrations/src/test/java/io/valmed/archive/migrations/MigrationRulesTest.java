package io.valmed.archive.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.runtime.StopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationRulesTest {
  private static final MigrationScript FIRST =
      new MigrationScript(
          1, "first", "CREATE TABLE arc.one (id int);\n-- //@UNDO\nDROP TABLE arc.one;\n");

  @Test
  void a_script_that_was_changed_after_it_was_applied_is_refused() throws SQLException {
    TestDatabase database = TestDatabase.hot();
    of(database, FIRST).up();
    Migrations changed =
        of(database, new MigrationScript(1, "first", FIRST.text() + "-- a word more\n"));

    for (Callable<?> verb :
        List.<Callable<?>>of(changed::up, changed::status, changed::sql, () -> changed.down(1))) {
      assertThatThrownBy(verb::call)
          .isInstanceOf(StopException.class)
          .hasMessageContaining("001 first")
          .hasMessageContaining("was changed after");
    }
  }

  @Test
  void a_database_of_a_newer_release_is_refused() throws SQLException {
    TestDatabase database = TestDatabase.hot();
    of(database, FIRST, second("SELECT 1")).up();

    assertThatThrownBy(of(database, FIRST)::up)
        .isInstanceOf(StopException.class)
        .hasMessageContaining("002 second")
        .hasMessageContaining("newer");
  }

  @Test
  void a_script_that_was_left_out_is_refused() throws SQLException {
    TestDatabase database = TestDatabase.hot();
    of(database, second("CREATE TABLE arc.two (id int)")).up();

    assertThatThrownBy(of(database, FIRST, second("CREATE TABLE arc.two (id int)"))::up)
        .isInstanceOf(StopException.class)
        .hasMessageContaining("left out");
  }

  @Test
  void a_migration_that_fails_changes_nothing_and_keeps_those_before_it() throws SQLException {
    TestDatabase database = TestDatabase.hot();
    of(database, FIRST).up();
    List<String> before = CatalogText.of(database);
    Migrations failing =
        of(database, FIRST, second("CREATE TABLE arc.two (id int); SELECT * FROM nowhere"));

    assertThatThrownBy(failing::up)
        .isInstanceOf(StopException.class)
        .hasMessageContaining("002 second")
        .hasMessageContaining("nothing of it was");

    assertThat(CatalogText.difference(before, CatalogText.of(database))).isEmpty();
    assertThat(failing.status()).extracting(MigrationStatus::applied).containsExactly(true, false);
  }

  @Test
  void two_runs_at_once_apply_each_migration_once() throws Exception {
    TestDatabase database = TestDatabase.hot();
    ExecutorService runs = Executors.newFixedThreadPool(2);
    Callable<List<MigrationStatus>> run =
        () -> Migrations.of(Target.HOT, database.superuser()).up();

    List<MigrationStatus> applied = new ArrayList<>();
    for (Future<List<MigrationStatus>> result : runs.invokeAll(List.of(run, run))) {
      applied.addAll(result.get());
    }

    runs.shutdown();
    assertThat(applied).hasSize(Target.HOT.files().size());
  }

  @Test
  void a_table_of_that_name_that_is_not_ours_is_not_taken_over() throws SQLException {
    TestDatabase database = TestDatabase.hot();
    database.run("CREATE TABLE public.users (id int)");

    assertThatThrownBy(Migrations.of(Target.SAMPLE, database.superuser())::up)
        .isInstanceOf(StopException.class)
        .hasMessageContaining("public.users exists already");

    assertThat(database.list("SELECT relname FROM pg_class WHERE relname = 'drugs'")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void every_script_file_is_listed(Target target) throws Exception {
    Path folder =
        Path.of(
            MigrationRulesTest.class
                .getResource("/migrations/" + target.word() + "/" + target.files().get(0) + ".sql")
                .toURI());
    try (Stream<Path> files = Files.list(folder.resolveSibling("."))) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".sql", "")).sorted().toList())
          .isEqualTo(target.files());
    }
  }

  private static MigrationScript second(String sql) {
    return new MigrationScript(2, "second", sql + ";\n-- //@UNDO\nSELECT 1;\n");
  }

  private static Migrations of(TestDatabase database, MigrationScript... scripts) {
    return new Migrations(Target.HOT, database.superuser(), List.of(scripts));
  }
}
