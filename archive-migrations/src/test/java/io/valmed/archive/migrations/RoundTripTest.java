package io.valmed.archive.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundTripTest {

  @ParameterizedTest
  @EnumSource(Target.class)
  void every_migration_goes_up_down_and_up_with_records_and_catalogs_unchanged(Target target)
      throws Exception {
    TestDatabase database = database(target);
    Migrations migrations = Migrations.of(target, database.superuser());
    migrations.up();
    database.run(population(target));
    List<String> catalog = CatalogText.of(database);
    List<String> rows = CatalogText.rows(database);
    assertThat(rows).noneMatch(line -> line.contains(": 0,") && !line.contains("undated"));

    for (int steps = 1; steps <= target.files().size(); steps++) {
      assertThat(migrations.down(steps)).hasSize(steps);
      List<MigrationStatus> redone = migrations.up();

      assertThat(redone).hasSize(steps).allMatch(MigrationStatus::applied);
      assertThat(migrations.setAside()).isEmpty();
      assertThat(CatalogText.difference(catalog, CatalogText.of(database))).isEmpty();
      assertThat(CatalogText.difference(rows, CatalogText.rows(database))).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void undoing_everything_leaves_no_trace_when_there_were_no_records(Target target)
      throws SQLException {
    TestDatabase database = database(target);
    List<String> before = CatalogText.of(database);
    Migrations migrations = Migrations.of(target, database.superuser());
    migrations.up();

    migrations.down(100);

    assertThat(CatalogText.difference(before, CatalogText.of(database))).isEmpty();
    assertThat(migrations.status()).noneMatch(MigrationStatus::applied);
    assertThat(migrations.down(1)).isEmpty();
    assertThat(migrations.setAside()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void tables_that_are_set_aside_are_told_until_they_are_taken_back(Target target)
      throws Exception {
    TestDatabase database = database(target);
    Migrations migrations = Migrations.of(target, database.superuser());
    migrations.up();
    database.run(population(target));

    migrations.down(100);

    List<String> kept =
        database.list(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname ~ '_kept$' ORDER BY tablename");
    assertThat(migrations.setAside()).isNotEmpty().isEqualTo(kept);
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void the_sql_for_a_dba_does_the_same_as_up(Target target) throws SQLException {
    TestDatabase byHand = database(target);
    TestDatabase byUp = database(target);
    Migrations migrations = Migrations.of(target, byHand.superuser());

    byHand.run(migrations.sql().replaceFirst("\\\\set ON_ERROR_STOP on\n", ""));

    assertThat(migrations.status()).allMatch(MigrationStatus::applied);
    assertThat(migrations.sql()).isEmpty();
    Migrations.of(target, byUp.superuser()).up();
    assertThat(CatalogText.difference(CatalogText.of(byHand), CatalogText.of(byUp))).isEmpty();
  }

  private static TestDatabase database(Target target) {
    return target == Target.ARCHIVE ? TestDatabase.archive() : TestDatabase.hot();
  }

  private static String population(Target target) throws IOException {
    try (InputStream in =
        RoundTripTest.class.getResourceAsStream("/populate/" + target.word() + ".sql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
