package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run of provisioning that fails midway leaves both databases as they were. */
class WholeOrNothingTest {
  private static final String RECORDS =
      "SELECT kind || ' ' || name FROM arc.provisioned UNION ALL SELECT prefix FROM arc.installation";

  @ParameterizedTest
  @ValueSource(
      strings = {"CREATE INDEX", "GRANT", "CREATE PUBLICATION", "ALTER PUBLICATION", "ALTER TABLE"})
  void hot_is_as_it_was_wherever_a_run_fails(String tag) throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    HotProvisioning provisioning =
        new HotProvisioning(TestSettings.of(hot, TestDatabase.archive(), TestSettings.valmed()));
    // The last statement of its kind is refused: the run has come as far as it can.
    refuse(hot, tag, lastOf(provisioning.plan(), tag));
    List<String> before = CatalogText.of(hot);

    assertThatThrownBy(provisioning::apply)
        .isInstanceOf(StopException.class)
        .hasMessageContaining("not today")
        .hasMessageContaining("run this again");

    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
    assertThat(hot.list(RECORDS)).isEmpty();
    hot.run("DROP EVENT TRIGGER not_today; DROP FUNCTION public.not_today()");
    provisioning.apply();
    assertThat(provisioning.plan()).isEmpty();
  }

  @Test
  void what_a_changed_policy_takes_away_comes_back_when_the_run_fails() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    Settings whole = TestSettings.of(hot, TestDatabase.archive(), TestSettings.valmed());
    new HotProvisioning(whole).apply();
    Policy policy = whole.policy();
    Settings narrow =
        new Settings(
            whole.prefix(),
            whole.hot(),
            whole.archive(),
            whole.kafka(),
            new Policy(policy.roots().subList(1, 2), policy.reference(), policy.ageZone()),
            whole.capture(),
            whole.sink(),
            whole.purge());
    refuse(hot, "ALTER TABLE", 1);
    List<String> before = CatalogText.of(hot);
    List<String> records = hot.list(RECORDS);

    assertThatThrownBy(() -> new HotProvisioning(narrow).apply()).hasMessageContaining("not today");

    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
    assertThat(hot.list(RECORDS)).isEqualTo(records);
  }

  @Test
  void the_archive_and_what_hot_knows_of_it_are_as_they_were() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    TestDatabase archive = TestDatabase.archive();
    Migrations.of(Target.ARCHIVE, archive.superuser()).up();
    Settings settings = TestSettings.of(hot, archive, TestSettings.valmed());
    new HotProvisioning(settings).apply();
    ArchiveProvisioning provisioning = new ArchiveProvisioning(settings);
    // Hot's part is the last to be written.
    hot.run(
        """
        CREATE FUNCTION public.not_today() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
        CREATE TRIGGER not_today BEFORE INSERT OR UPDATE ON arc.installation FOR EACH ROW EXECUTE FUNCTION public.not_today();
        """);
    List<String> before = CatalogText.of(archive);

    assertThatThrownBy(provisioning::apply).hasMessageContaining("not today");

    assertThat(CatalogText.difference(before, CatalogText.of(archive))).isEmpty();
    assertThat(archive.list(RECORDS)).isEmpty();
    assertThat(hot.list("SELECT prefix FROM arc.installation WHERE archive IS NULL"))
        .containsExactly("test");
    hot.run("DROP TRIGGER not_today ON arc.installation");
    provisioning.apply();
    assertThat(provisioning.plan()).isEmpty();
  }

  private static int lastOf(List<PlannedStep> plan, String tag) {
    // Event triggers do not hear of what concerns the whole server.
    return (int)
        plan.stream()
            .filter(step -> step.sql().startsWith(tag) && !step.sql().contains(" ON DATABASE "))
            .count();
  }

  /** Lets statements of the kind pass before the n-th. */
  private static void refuse(TestDatabase hot, String tag, int nth) throws SQLException {
    hot.run(
        """
        CREATE FUNCTION public.not_today() RETURNS event_trigger LANGUAGE plpgsql AS $$
        DECLARE v_seen int := coalesce(nullif(current_setting('test.seen', true), ''), '0')::int + 1;
        BEGIN
          PERFORM set_config('test.seen', v_seen::text, false);
          IF v_seen >= %d THEN RAISE EXCEPTION 'not today'; END IF;
        END $$;
        CREATE EVENT TRIGGER not_today ON ddl_command_start WHEN TAG IN ('%s') EXECUTE FUNCTION public.not_today();
        """
            .formatted(nth, tag));
  }
}
