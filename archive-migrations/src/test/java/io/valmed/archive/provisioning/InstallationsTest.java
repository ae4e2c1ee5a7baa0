package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.identity.Adoption;
import io.valmed.archive.provisioning.identity.InstallationLook;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class InstallationsTest {

  @Test
  void another_hot_database_behind_a_prefix_is_refused_until_a_person_adopts_it()
      throws SQLException {
    TestDatabase first = TestDatabase.valmed();
    TestDatabase archive = archive();
    Settings settings = TestSettings.of(first, archive, TestSettings.valmed());
    new HotProvisioning(settings).apply();
    new ArchiveProvisioning(settings).apply();
    TestDatabase second = TestDatabase.valmed();
    Settings moved = TestSettings.of(second, archive, TestSettings.valmed());

    assertThatThrownBy(() -> new HotProvisioning(moved).apply())
        .isInstanceOf(StopException.class)
        .hasMessageContaining(first.name())
        .hasMessageContaining(second.name())
        .hasMessageContaining("--adopt --reason");
    assertThat(second.list("SELECT pubname FROM pg_publication")).isEmpty();

    new HotProvisioning(moved, new Adoption("hot was moved")).apply();
    new ArchiveProvisioning(moved).apply();
    assertThat(second.list("SELECT reason FROM arc.installation_change"))
        .containsExactly("hot was moved");
    assertThatThrownBy(() -> new ArchiveProvisioning(settings).apply())
        .isInstanceOf(StopException.class)
        .hasMessageContaining(first.name());
  }

  @Test
  void another_archive_behind_a_prefix_is_refused_until_a_person_adopts_it() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    Settings settings = TestSettings.of(hot, archive(), TestSettings.valmed());
    new HotProvisioning(settings).apply();
    new ArchiveProvisioning(settings).apply();
    TestDatabase second = archive();
    Settings other = TestSettings.of(hot, second, TestSettings.valmed());

    assertThatThrownBy(() -> new ArchiveProvisioning(other).apply())
        .isInstanceOf(StopException.class)
        .hasMessageContaining(second.name())
        .hasMessageContaining("--adopt --reason");

    new ArchiveProvisioning(other, new Adoption("built anew")).apply();
    assertThat(new ArchiveProvisioning(other).plan()).isEmpty();
  }

  @Test
  void the_undo_of_one_installation_leaves_what_another_on_the_same_hot_database_needs()
      throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    Settings one = TestSettings.of(hot, TestDatabase.archive(), TestSettings.valmed());
    Settings two = beside(one);
    String identity = "SELECT relreplident FROM pg_class WHERE relname = 'drugs'";
    new HotProvisioning(one).apply();
    new HotProvisioning(two).apply();

    new HotProvisioning(one).undo();

    assertThat(hot.list(identity)).containsExactly("f");
    assertThat(hot.list("SELECT pubname FROM pg_publication"))
        .containsExactly(two.capture().publication());
    assertThat(new HotProvisioning(two).plan()).isEmpty();
    two.hot().capture().connect("test").close();
    new HotProvisioning(two).undo();
    assertThat(hot.list(identity)).containsExactly("d");
  }

  @Test
  void a_table_that_one_installation_purges_is_refused_to_another() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    Settings one = TestSettings.of(hot, TestDatabase.archive(), TestSettings.valmed());
    new HotProvisioning(one).apply();
    Settings two = with(one, TestSettings.valmed());

    assertThatThrownBy(() -> new HotProvisioning(two).apply())
        .isInstanceOf(StopException.class)
        .hasMessageContaining("public.medication_orders is purged by installation test");
  }

  @Test
  void two_hot_databases_of_one_server_keep_origins_apart_though_their_workers_share_a_name()
      throws SQLException {
    TestDatabase first = TestDatabase.valmed();
    TestDatabase second = TestDatabase.valmed();
    Settings one = TestSettings.of(first, TestDatabase.archive(), TestSettings.valmed());
    Settings two = named("two", TestSettings.of(second, archive(), TestSettings.valmed()), one);
    new HotProvisioning(one).apply();
    new HotProvisioning(two).apply();

    new HotProvisioning(one).undo();

    assertThat(
            second.list(
                "SELECT split_part(roname, '/', 2) || '/' || split_part(roname, '/', 3) FROM pg_replication_origin WHERE roname LIKE '%/"
                    + one.purge().worker()
                    + "'"))
        .containsExactly("two/" + one.purge().worker());
    assertThat(new HotProvisioning(two).plan()).isEmpty();
    assertThat(second.list("SELECT prefix FROM arc.installation")).containsExactly("two");
    assertThat(first.list("SELECT prefix FROM arc.installation")).isEmpty();
  }

  @Test
  void doctor_tells_of_another_database_slot_or_archive_before_anything_is_written()
      throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    TestDatabase archive = archive();
    Settings settings = TestSettings.of(hot, archive, TestSettings.valmed());
    assertThat(grades(settings)).containsExactly("hot NEW");
    new HotProvisioning(settings).apply();
    assertThat(grades(settings)).containsExactly("hot OWN", "archive NEW");
    new ArchiveProvisioning(settings).apply();
    assertThat(grades(settings)).containsExactly("hot OWN", "archive OWN");

    TestDatabase otherHot = TestDatabase.valmed();
    assertThat(grades(TestSettings.of(otherHot, archive, TestSettings.valmed())))
        .containsExactly("hot ANOTHER");
    assertThat(grades(TestSettings.of(hot, archive(), TestSettings.valmed())))
        .containsExactly("hot OWN", "archive ANOTHER");
    assertThat(grades(TestSettings.of(hot, TestDatabase.archive(), TestSettings.valmed())))
        .containsExactly("hot OWN", "archive ANOTHER");
    hot.run("UPDATE arc.installation SET slot = 'other'");
    assertThat(grades(settings)).startsWith("hot ANOTHER");
    hot.run(
        "UPDATE arc.installation SET slot = '%s', system_identifier = '1'"
            .formatted(settings.capture().slot()));
    assertThat(grades(settings)).startsWith("hot ANOTHER");
    assertThat(otherHot.list("SELECT 1 FROM arc.installation")).isEmpty();
  }

  private static List<String> grades(Settings settings) throws SQLException {
    return new InstallationLook(settings)
        .look().stream().map(found -> found.database() + " " + found.grade()).toList();
  }

  private static TestDatabase archive() throws SQLException {
    TestDatabase archive = TestDatabase.archive();
    Migrations.of(Target.ARCHIVE, archive.superuser()).up();
    return archive;
  }

  /** With another prefix, and the worker's name of the other. */
  private static Settings named(String prefix, Settings settings, Settings other) {
    return new Settings(
        prefix,
        settings.hot(),
        settings.archive(),
        settings.kafka(),
        settings.policy(),
        settings.capture(),
        settings.sink(),
        other.purge());
  }

  /** The same roles with another prefix, slot and publication, and one table of the first. */
  private static Settings beside(Settings one) {
    return with(
        one,
        new Policy(
            List.of(),
            List.of(new ReferenceTable(TableId.parse("public.drugs"), List.of())),
            ZoneOffset.UTC));
  }

  private static Settings with(Settings one, Policy policy) {
    CaptureSettings capture = one.capture();
    return new Settings(
        "two",
        one.hot(),
        one.archive(),
        one.kafka(),
        policy,
        new CaptureSettings(
            capture.slot() + "_two",
            capture.publication() + "_two",
            capture.heartbeatEvery(),
            capture.transactionRecords(),
            capture.transactionTime(),
            capture.health()),
        one.sink(),
        one.purge());
  }
}
