package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class HotProvisioningTest {
  private static final TestDatabase ARCHIVE = TestDatabase.archive();

  @Test
  void undo_restores_exactly_what_was_there() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    hot.run(
        """
        CREATE UNIQUE INDEX drug_identity ON drugs (name, form, strength);
        ALTER TABLE drugs REPLICA IDENTITY USING INDEX drug_identity;
        ALTER TABLE users REPLICA IDENTITY NOTHING;
        CREATE INDEX by_date ON drug_transfers (transfer_date DESC);
        """);
    List<String> before = CatalogText.of(hot);
    HotProvisioning provisioning = provisioning(hot);

    List<PlannedStep> planned = provisioning.plan();
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
    List<PlannedStep> taken = provisioning.apply();
    assertThat(taken).isEqualTo(planned);
    assertThat(provisioning.plan()).isEmpty();
    assertThat(provisioning.apply()).isEmpty();
    assertThat(hot.list("SELECT relname FROM pg_class WHERE relreplident = 'f' ORDER BY 1"))
        .containsExactly(
            "drug_transfers",
            "drugs",
            "heartbeat",
            "medication_administrations",
            "medication_orders",
            "users");
    List<String> provisioned = CatalogText.of(hot);
    List<PlannedStep> toUndo = provisioning.planUndo();
    assertThat(CatalogText.difference(provisioned, CatalogText.of(hot))).isEmpty();
    assertThat(provisioning.undo()).isEqualTo(toUndo);

    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
    assertThat(hot.list("SELECT name FROM arc.provisioned")).isEmpty();
    assertThat(provisioning.undo()).isEmpty();
  }

  @Test
  void an_index_that_serves_is_used_and_a_broken_one_is_built_anew() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    hot.run("CREATE INDEX by_date ON drug_transfers (transfer_date)");
    HotProvisioning provisioning = provisioning(hot);
    provisioning.apply();
    hot.run(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'arc_age_medication_orders_created_at'::regclass");

    assertThat(provisioning.plan())
        .extracting(PlannedStep::kind)
        .containsExactly("invalid-index", "index");
    provisioning.apply();

    assertThat(
            hot.list(
                "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indisvalid AND indexrelid::regclass::text LIKE 'arc_age%'"))
        .containsExactly(
            "CREATE INDEX arc_age_medication_orders_created_at ON public.medication_orders USING btree (created_at, id)");
    provisioning.undo();
    assertThat(hot.list("SELECT relname FROM pg_class WHERE relname ~ '^arc_age'")).isEmpty();
  }

  @Test
  void provisioning_follows_the_policy() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    List<String> before = CatalogText.of(hot);
    Settings whole = TestSettings.of(hot, ARCHIVE, TestSettings.valmed());
    Settings narrow =
        new Settings(
            whole.prefix(),
            whole.hot(),
            whole.archive(),
            whole.kafka(),
            new Policy(
                whole.policy().roots().subList(1, 2),
                whole.policy().reference(),
                whole.policy().ageZone()),
            whole.capture(),
            whole.sink(),
            whole.purge());
    new HotProvisioning(whole).apply();

    new HotProvisioning(narrow).apply();

    assertThat(hot.list("SELECT tablename FROM pg_publication_tables ORDER BY 1"))
        .containsExactly("drug_transfers", "drugs", "heartbeat", "users");
    assertThat(hot.list("SELECT name FROM arc.provisioned WHERE name ~ 'medication'")).isEmpty();
    new HotProvisioning(narrow).undo();
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  @Test
  void the_application_never_waits_long_for_us() throws Exception {
    TestDatabase hot = TestDatabase.valmed();
    HotProvisioning provisioning = provisioning(hot);
    try (Connection application = hot.superuser().connect("application");
        Statement statement = application.createStatement()) {
      application.setAutoCommit(false);
      statement.execute("SELECT * FROM medication_orders");
      Thread worker =
          new Thread(
              () -> {
                try {
                  provisioning.apply();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      worker.start();
      // Another session of the application goes on while provisioning tries for its lock.
      long longest = 0;
      for (int i = 0; i < 20; i++) {
        long start = System.nanoTime();
        hot.run("UPDATE medication_orders SET dosage = dosage");
        longest = Math.max(longest, System.nanoTime() - start);
      }
      assertThat(longest).isLessThan(1_500_000_000L);
      application.rollback();
      worker.join(60_000);
      assertThat(worker.isAlive()).isFalse();
    }
    assertThat(provisioning.plan()).isEmpty();
    provisioning.undo();
  }

  @Test
  void undo_tells_what_is_gone_and_what_others_still_need() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    HotProvisioning provisioning = provisioning(hot);
    provisioning.apply();
    hot.run(
        "DROP TABLE drug_transfers; CREATE TABLE theirs (); GRANT SELECT ON theirs TO \"capture_%s\""
            .formatted(hot.name()));

    List<PlannedStep> undone = provisioning.undo();

    assertThat(undone)
        .filteredOn(step -> step.note() != null)
        .extracting(step -> step.kind() + ": " + step.note())
        .contains("grant: gone already")
        .contains("role: kept: something outside this provisioning still needs it");
    assertThat(hot.list("SELECT name FROM arc.provisioned")).isEmpty();
  }

  @Test
  void a_publication_that_is_not_ours_is_left_alone() throws SQLException {
    TestDatabase hot = TestDatabase.valmed();
    hot.run("CREATE PUBLICATION publication_%s FOR TABLE drugs".formatted(hot.name()));

    assertThatThrownBy(() -> provisioning(hot).apply())
        .isInstanceOf(StopException.class)
        .hasMessageContaining("not of this provisioning");

    assertThat(hot.list("SELECT name FROM arc.provisioned")).isEmpty();
  }

  @Test
  void without_migrations_it_says_which_to_run() {
    TestDatabase empty = TestDatabase.hot();

    assertThatThrownBy(() -> provisioning(empty).plan())
        .isInstanceOf(StopException.class)
        .hasMessageContaining("archive migrate hot up");
  }

  private static HotProvisioning provisioning(TestDatabase hot) {
    return new HotProvisioning(TestSettings.of(hot, ARCHIVE, TestSettings.valmed()));
  }
}
