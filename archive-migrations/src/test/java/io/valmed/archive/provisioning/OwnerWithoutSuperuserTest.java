package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.HotSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The migrator owns the database and may create roles; it is no superuser. */
class OwnerWithoutSuperuserTest {

  @Test
  void an_owner_runs_the_archive() throws SQLException {
    TestDatabase archive = TestDatabase.archive();
    DatabaseLogin owner = owner(archive);
    archive.run(
        """
        DO $$
        DECLARE v_group text;
        BEGIN
          FOREACH v_group IN ARRAY ARRAY['arc_sink_group', 'arc_purger_group', 'arc_reader_group'] LOOP
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = v_group) THEN
              EXECUTE format('GRANT %I TO %I WITH ADMIN OPTION, INHERIT FALSE', v_group, 'owner_' || current_database());
            END IF;
          END LOOP;
        END $$
        """);
    Migrations migrations = Migrations.of(Target.ARCHIVE, owner);
    migrations.up();
    Settings whole = TestSettings.of(TestDatabase.valmed(), archive, TestSettings.valmed());
    new HotProvisioning(whole).apply();
    ArchiveSettings roles = whole.archive();
    ArchiveProvisioning provisioning =
        new ArchiveProvisioning(
            new Settings(
                whole.prefix(),
                whole.hot(),
                new ArchiveSettings(owner, roles.sink(), roles.purger(), roles.reader()),
                whole.kafka(),
                whole.policy(),
                whole.capture(),
                whole.sink(),
                whole.purge()));

    provisioning.apply();

    try (Connection sink = roles.sink().connect("test");
        Statement statement = sink.createStatement()) {
      statement.execute("SELECT arc.ensure_table('public', 't', '{id}', '{int}', '{id}', true)");
      statement.execute(
          "INSERT INTO public.t (id, arc_version, arc_epoch, arc_lsn) VALUES (1, 1, 1, '0/1')");
    }
    List<String> catalog = CatalogText.of(archive);
    migrations.down(3);
    migrations.up();
    assertThat(CatalogText.difference(catalog, CatalogText.of(archive))).isEmpty();
    provisioning.undo();
    assertThat(
            archive.list(
                "SELECT 1 FROM pg_roles WHERE rolname LIKE '%\\_' || current_database() AND rolname <> 'owner_' || current_database()"))
        .isEmpty();
  }

  @Test
  void what_only_a_superuser_may_do_is_said_and_the_rest_goes_on_when_it_is_done()
      throws SQLException {
    TestDatabase hot = TestDatabase.hot();
    DatabaseLogin owner = owner(hot);
    Migrations.of(Target.SAMPLE, owner).up();
    Migrations.of(Target.HOT, owner).up();
    Settings whole = TestSettings.of(hot, hot, TestSettings.valmed());
    Settings settings =
        new Settings(
            whole.prefix(),
            new HotSettings(owner, whole.hot().capture(), whole.hot().purger()),
            whole.archive(),
            whole.kafka(),
            whole.policy(),
            whole.capture(),
            whole.sink(),
            whole.purge());
    List<String> before = CatalogText.of(hot);
    HotProvisioning provisioning = new HotProvisioning(settings);
    assertThatThrownBy(provisioning::apply)
        .isInstanceOf(StopException.class)
        .hasMessageContaining("superuser");
    provisioning.undo();
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();

    // A superuser does what is theirs, as the plan shows it; the owner does the rest.
    hot.run(
        """
        CREATE ROLE "%1$s" LOGIN REPLICATION;
        CREATE ROLE "%2$s" LOGIN;
        SELECT pg_replication_origin_create('%3$s');
        """
            .formatted(
                settings.hot().capture().user(),
                settings.hot().purger().user(),
                settings
                    .purge()
                    .origin(
                        settings.prefix(),
                        Long.parseLong(
                            hot.value(
                                "SELECT oid FROM pg_database WHERE datname = current_database()")))));
    for (PlannedStep step : provisioning.plan()) {
      if (step.sql().contains("EXECUTE ON FUNCTION")) {
        hot.run(step.sql());
      }
    }
    before = CatalogText.of(hot);
    provisioning.apply();

    assertThat(provisioning.plan()).isEmpty();
    provisioning.undo();
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  private static DatabaseLogin owner(TestDatabase database) throws SQLException {
    DatabaseLogin owner = TestSettings.role(database, "owner");
    database.run(
        """
        CREATE ROLE "%1$s" LOGIN CREATEROLE PASSWORD '%2$s';
        ALTER DATABASE %3$s OWNER TO "%1$s";
        """
            .formatted(owner.user(), owner.password(), database.name()));
    return owner;
  }
}
