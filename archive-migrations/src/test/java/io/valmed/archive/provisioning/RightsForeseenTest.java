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
import io.valmed.archive.provisioning.step.MissingRight;
import io.valmed.archive.provisioning.step.RightsMissingException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.HotSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rights that are missing are named all at once, and nothing is begun before they are there. */
class RightsForeseenTest {

  @Test
  void the_statements_that_are_named_suffice_in_hot() throws SQLException {
    TestDatabase hot = TestDatabase.hot();
    Migrations.of(Target.SAMPLE, hot.superuser()).up();
    DatabaseLogin migrator = plain(hot);
    hot.run(
        """
        CREATE ROLE "app_%1$s";
        ALTER TABLE medication_orders OWNER TO "app_%1$s";
        ALTER TABLE medication_administrations OWNER TO "app_%1$s";
        ALTER TABLE drug_transfers OWNER TO "app_%1$s";
        ALTER TABLE users OWNER TO "app_%1$s";
        """
            .formatted(hot.name()));
    Settings settings = settings(hot, TestDatabase.archive(), migrator, null);
    HotProvisioning provisioning = new HotProvisioning(settings);

    List<MissingRight> beforehand = provisioning.missingRights();

    String role = '"' + migrator.user() + '"';
    assertThat(beforehand)
        .extracting(MissingRight::statement)
        .contains(
            "ALTER ROLE " + role + " CREATEROLE",
            "ALTER ROLE " + role + " REPLICATION",
            "GRANT CREATE ON DATABASE \"%s\" TO %s".formatted(hot.name(), role),
            "GRANT app_%s TO %s WITH INHERIT TRUE".formatted(hot.name(), role),
            "ALTER TABLE \"public\".\"drugs\" OWNER TO " + role);
    run(hot, beforehand);
    Migrations.of(Target.HOT, migrator).up();
    hot.run("ALTER ROLE %s NOREPLICATION".formatted(role));
    List<String> before = CatalogText.of(hot);
    List<MissingRight> atLast = provisioning.missingRights();
    assertThatThrownBy(provisioning::apply)
        .isInstanceOf(RightsMissingException.class)
        .hasMessageContaining("nothing was begun")
        .hasMessageContaining("ALTER ROLE " + role + " REPLICATION;")
        .hasMessageContaining("pg_replication_origin_session_setup(text")
        .hasMessageContaining("WITH GRANT OPTION;");
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
    run(hot, atLast);
    assertThat(provisioning.missingRights()).isEmpty();
    before = CatalogText.of(hot);

    provisioning.apply();

    assertThat(provisioning.plan()).isEmpty();
    theUndoIsForeseenToo(hot, provisioning, migrator, before);
  }

  private static void theUndoIsForeseenToo(
      TestDatabase hot, HotProvisioning provisioning, DatabaseLogin migrator, List<String> before)
      throws SQLException {
    hot.run(
        """
        REVOKE "app_%1$s" FROM "%2$s";
        ALTER ROLE "%2$s" NOCREATEROLE NOREPLICATION;
        """
            .formatted(hot.name(), migrator.user()));
    hot.run(
        "SELECT pg_create_logical_replication_slot('slot_%s', 'pgoutput')".formatted(hot.name()));
    List<String> provisioned = CatalogText.of(hot);

    List<MissingRight> missing = provisioning.missingRightsOfUndo();

    assertThatThrownBy(provisioning::undo)
        .isInstanceOf(RightsMissingException.class)
        .hasMessageContaining("CREATEROLE;")
        .hasMessageContaining("REPLICATION;")
        .hasMessageContaining("GRANT app_" + hot.name());
    assertThat(CatalogText.difference(provisioned, CatalogText.of(hot))).isEmpty();
    run(hot, missing);
    provisioning.undo();
    assertThat(CatalogText.difference(before, CatalogText.of(hot)))
        .as("but for what was granted for the undo alone")
        .allMatch(line -> line.contains("pg_replication_origin_drop"));
  }

  @Test
  void the_statements_that_are_named_suffice_in_the_archive() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    TestDatabase archive = TestDatabase.archive();
    // Groups of the whole server, made by another archive's migrator.
    Migrations.of(Target.ARCHIVE, TestDatabase.archive().superuser()).up();
    DatabaseLogin migrator = plain(archive);
    Settings settings = settings(hot, archive, null, migrator);
    new HotProvisioning(settings).apply();
    ArchiveProvisioning provisioning = new ArchiveProvisioning(settings);

    List<MissingRight> beforehand = provisioning.missingRights();

    String role = '"' + migrator.user() + '"';
    assertThat(beforehand)
        .extracting(MissingRight::statement)
        .contains(
            "ALTER ROLE " + role + " CREATEROLE",
            "GRANT CREATE ON DATABASE \"%s\" TO %s".formatted(archive.name(), role),
            "GRANT CREATE ON SCHEMA \"public\" TO " + role,
            "GRANT \"arc_sink_group\" TO " + role + " WITH ADMIN OPTION, INHERIT FALSE");
    run(archive, beforehand);
    Migrations.of(Target.ARCHIVE, migrator).up();
    archive.run("REVOKE CREATE ON SCHEMA public FROM " + role);
    assertThatThrownBy(provisioning::apply)
        .isInstanceOf(RightsMissingException.class)
        .hasMessageContaining("GRANT CREATE ON SCHEMA \"public\"");
    run(archive, provisioning.missingRights());

    provisioning.apply();

    assertThat(provisioning.missingRights()).isEmpty();
    assertThat(provisioning.plan()).isEmpty();
    provisioning.undo();
  }

  /** A login that may connect, and nothing else. */
  private static DatabaseLogin plain(TestDatabase database) throws SQLException {
    DatabaseLogin migrator = TestSettings.role(database, "migrator");
    database.run(
        "CREATE ROLE \"%s\" LOGIN PASSWORD '%s'".formatted(migrator.user(), migrator.password()));
    return migrator;
  }

  private static void run(TestDatabase database, List<MissingRight> rights) throws SQLException {
    for (MissingRight right : rights) {
      database.run(right.statement());
    }
  }

  private static Settings settings(
      TestDatabase hot,
      TestDatabase archive,
      @Nullable DatabaseLogin ofHot,
      @Nullable DatabaseLogin ofArchive) {
    Settings whole = TestSettings.of(hot, archive, TestSettings.valmed());
    HotSettings inHot = whole.hot();
    ArchiveSettings inArchive = whole.archive();
    return new Settings(
        whole.prefix(),
        ofHot == null ? inHot : new HotSettings(ofHot, inHot.capture(), inHot.purger()),
        ofArchive == null
            ? inArchive
            : new ArchiveSettings(
                ofArchive, inArchive.sink(), inArchive.purger(), inArchive.reader()),
        whole.kafka(),
        whole.policy(),
        whole.capture(),
        whole.sink(),
        whole.purge());
  }
}
