package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Login roles in hot: their rights, what they had before, and their passwords. */
class ProvisionedRolesTest {
  private static final TestDatabase ARCHIVE = TestDatabase.archive();

  @Test
  void rights_on_columns_that_a_role_had_before_are_kept() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    hot.run(
        """
        CREATE ROLE "purger_%1$s" LOGIN PASSWORD 'theirs';
        CREATE ROLE "capture_%1$s" LOGIN PASSWORD 'theirs';
        GRANT SELECT (id, email), UPDATE (email) ON users TO "purger_%1$s";
        GRANT SELECT (status) ON medication_orders TO "purger_%1$s" WITH GRANT OPTION;
        GRANT UPDATE (id), SELECT (dosage) ON medication_orders TO "purger_%1$s";
        GRANT SELECT (id, form) ON drugs TO "capture_%1$s";
        """
            .formatted(hot.name()));
    List<String> before = CatalogText.of(hot);
    HotProvisioning provisioning = provisioning(hot);
    provisioning.apply();
    assertThat(provisioning.plan()).isEmpty();
    hot.run("ALTER TABLE drugs DROP form");

    provisioning.undo();

    assertThat(CatalogText.difference(before, CatalogText.of(hot)))
        .filteredOn(line -> !line.contains("drugs"))
        .isEmpty();
    assertThat(
            hot.list(
                "SELECT has_table_privilege('capture_%1$s', 'drugs', 'SELECT')::text || has_column_privilege('capture_%1$s', 'drugs', 'id', 'SELECT')"
                    .formatted(hot.name())))
        .containsExactly("falsetrue");
  }

  @Test
  void rights_on_columns_follow_the_table_and_the_policy() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    List<String> before = CatalogText.of(hot);
    Policy policy = TestSettings.valmed();
    HotProvisioning some = provisioning(hot, policy);
    HotProvisioning none = provisioning(hot, excluding(policy, List.of()));
    HotProvisioning more = provisioning(hot, excluding(policy, List.of("api_key", "email")));
    none.apply();
    assertThat(readable(hot)).contains("hashed_password", "api_key", "email");

    some.apply();
    assertThat(readable(hot)).contains("email").doesNotContain("hashed_password", "api_key");
    assertThat(some.plan()).isEmpty();
    hot.run("ALTER TABLE users ADD \"Second Mail\" text");
    assertThat(readable(hot)).doesNotContain("Second Mail");
    assertThat(some.apply()).extracting(PlannedStep::kind).containsExactly("grant");
    assertThat(readable(hot)).contains("Second Mail").doesNotContain("hashed_password", "api_key");
    more.apply();
    assertThat(readable(hot))
        .contains("hashed_password", "Second Mail")
        .doesNotContain("email", "api_key");
    none.apply();
    assertThat(readable(hot)).contains("hashed_password", "api_key", "email");
    some.apply();
    hot.run("ALTER TABLE users DROP \"Second Mail\"");
    some.apply();
    assertThat(some.plan()).isEmpty();

    some.undo();

    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  private static List<String> readable(TestDatabase hot) throws SQLException {
    return hot.list(
        """
        SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped
        AND has_column_privilege('purger_%s', attrelid, attnum, 'SELECT')
        """
            .formatted(hot.name()));
  }

  private static Policy excluding(Policy policy, List<String> columns) {
    return new Policy(
        policy.roots(),
        List.of(
            policy.reference().get(0), new ReferenceTable(TableId.parse("public.users"), columns)),
        policy.ageZone());
  }

  @Test
  void roles_that_were_there_before_stay_as_they_were() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    hot.run(
        """
        CREATE ROLE "purger_%1$s" LOGIN PASSWORD 'theirs';
        GRANT SELECT ON medication_orders TO "purger_%1$s";
        CREATE ROLE "capture_%1$s" NOLOGIN;
        """
            .formatted(hot.name()));
    List<String> before = CatalogText.of(hot);
    HotProvisioning provisioning = provisioning(hot);

    List<PlannedStep> taken = provisioning.apply();

    assertThat(taken)
        .extracting(PlannedStep::sql)
        .contains("ALTER ROLE \"capture_%s\" REPLICATION".formatted(hot.name()))
        .doesNotContain(
            "GRANT SELECT ON TABLE \"public\".\"medication_orders\" TO \"purger_%s\""
                .formatted(hot.name()));
    provisioning.undo();
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  @Test
  void passwords_are_neither_shown_nor_sent() throws Exception {
    TestDatabase hot = TestDatabase.valmed();
    Settings settings = TestSettings.of(hot, ARCHIVE, TestSettings.valmed());
    HotProvisioning provisioning = new HotProvisioning(settings);
    hot.run("ALTER SYSTEM SET log_statement = 'all'");
    hot.run("SELECT pg_reload_conf()");
    try {
      assertThat(provisioning.plan().toString()).doesNotContain("canary-password");
      assertThat(provisioning.apply().toString()).doesNotContain("canary-password");
    } finally {
      hot.run("ALTER SYSTEM RESET log_statement");
      hot.run("SELECT pg_reload_conf()");
    }

    assertThat(Files.readString(hot.server().logFile()))
        .contains("CREATE ROLE")
        .doesNotContain("canary-password");
    settings.hot().capture().connect("test").close();
    settings.hot().purger().connect("test").close();
    provisioning.undo();
  }

  @Test
  void a_changed_password_file_changes_the_password_of_our_role() throws Exception {
    TestDatabase hot = TestDatabase.valmed();
    Settings settings = TestSettings.of(hot, ARCHIVE, TestSettings.valmed());
    HotProvisioning provisioning = new HotProvisioning(settings);
    provisioning.apply();
    Files.writeString(Objects.requireNonNull(settings.hot().purger().passwordFile()), "another\n");

    assertThat(provisioning.apply()).extracting(PlannedStep::kind).containsExactly("password");

    settings.hot().purger().connect("test").close();
    provisioning.undo();
  }

  private static HotProvisioning provisioning(TestDatabase hot) {
    return provisioning(hot, TestSettings.valmed());
  }

  private static HotProvisioning provisioning(TestDatabase hot, Policy policy) {
    return new HotProvisioning(TestSettings.of(hot, ARCHIVE, policy));
  }
}
