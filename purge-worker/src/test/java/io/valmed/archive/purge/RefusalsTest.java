package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be purged is refused with its reason and holds up nothing else. */
class RefusalsTest {
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
  }

  @Test
  void an_aggregate_that_a_foreign_table_refers_to_stays_and_the_others_go() throws Exception {
    scene.hot.run(
        """
        CREATE TABLE bills (id int PRIMARY KEY, o uuid REFERENCES medication_orders DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO bills VALUES (1, '%s'), (2, '%s')
        """
            .formatted(Valmed.order(3), Valmed.order(17)));
    scene.mirrored();

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.kept(counts, Kept.REFERENCED)).isEqualTo(2);
    assertThat(scene.hot.list("SELECT id FROM medication_orders ORDER BY 1"))
        .containsExactly(Valmed.order(3), Valmed.order(17));
    assertThat(
            scene.archive.list(
                "SELECT count(DISTINCT r.key) FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page WHERE p.outcome = 'committed'"))
        .containsExactly("72");
  }

  @Test
  void an_aggregate_with_too_many_rows_stays_whole_and_the_others_go() throws Exception {
    scene.settings().aggregateRows(50);
    scene.hot.run(
        "INSERT INTO medication_administrations SELECT gen_random_uuid(), '%s' FROM generate_series(1, 30000)"
            .formatted(Valmed.order(5)));
    scene.mirrored();

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.kept(counts, Kept.TOO_LARGE)).isEqualTo(1);
    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(5));
    assertThat(scene.hot.count("medication_administrations")).isEqualTo(30003);
  }

  @Test
  void pages_whose_aggregates_are_large_are_cut_and_nothing_is_left_out() throws Exception {
    scene.hot.run(
        "INSERT INTO medication_administrations SELECT gen_random_uuid(), id FROM medication_orders, generate_series(1, 2500)");
    scene.mirrored();
    scene.settings().aggregateRows(10_000);

    PurgeCounts counts = scene.purge();

    assertThat(counts.rows()).containsEntry(Valmed.ORDERS, 20L);
    assertThat(scene.hot.count("medication_administrations")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CREATE TABLE x (o uuid REFERENCES medication_orders ON DELETE CASCADE) | CASCADE",
        "CREATE TABLE x (o uuid REFERENCES medication_administrations ON DELETE SET NULL) | SET NULL",
        "CREATE TRIGGER t BEFORE DELETE ON medication_administrations FOR EACH ROW EXECUTE FUNCTION nothing() | trigger (t)",
        "CREATE RULE r AS ON DELETE TO medication_orders DO ALSO NOTHING | rule (r)",
        "ALTER TABLE medication_orders ENABLE ROW LEVEL SECURITY | row security",
        "ALTER TABLE medication_administrations REPLICA IDENTITY DEFAULT | REPLICA IDENTITY",
        "CREATE TABLE x () INHERITS (medication_orders) | inheritance",
        "ALTER TABLE medication_administrations DROP CONSTRAINT medication_administrations_order_id_fkey | foreign key",
        "ALTER TABLE medication_administrations DISABLE TRIGGER ALL | not enforced",
        "ALTER TABLE medication_orders RENAME created_at TO made_at | age column",
        "ALTER TABLE medication_orders ADD scan oid | the column scan of type oid",
        "ALTER TABLE medication_administrations ADD scans scan_list | the column scans of type public.scan_list",
        "UPDATE pg_index SET indimmediate = false WHERE indexrelid = 'medication_orders_pkey'::regclass | deferrable primary key",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'medication_orders_pkey'::regclass | REINDEX INDEX CONCURRENTLY public.medication_orders_pkey",
        "ALTER TABLE medication_administrations RENAME TO administrations | not in hot"
      })
  void what_would_delete_unproven_rows_holds_the_table_with_one_sentence(
      String ddl, String sentence) throws Exception {
    scene.mirrored();
    scene.hot.run("CREATE DOMAIN lo AS oid; CREATE DOMAIN scan_list AS lo[]");
    scene.hot.run(
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'");
    scene.hot.run(ddl);
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");
    scene.archive.run("TRUNCATE drug_transfers");
    scene.mirrorAgain(Valmed.TRANSFERS);

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS)).contains(sentence);
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(counts.rows()).containsEntry(Valmed.TRANSFERS, 1L);
  }

  @Test
  void a_predicate_that_fails_on_a_row_holds_its_table() throws Exception {
    scene.mirrored();
    Policy policy =
        new Policy(
            List.of(
                new RootTable(
                    Valmed.TRANSFERS,
                    "transfer_date",
                    "1 / quantity = 1",
                    Duration.ZERO,
                    List.of())),
            List.of(),
            ZoneOffset.UTC);
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 0, '2020-01-01')");

    PurgeCounts counts = scene.purge(scene.settings().policy(policy).make(), Stage.Listener.NONE);

    assertThat(PurgeScene.heldBecause(counts, Valmed.TRANSFERS))
        .contains("'settled' in " + scene.hot.place("hot") + ": ");
  }

  /** The policy hides most rows from whoever does not bypass it. */
  @Test
  void row_security_holds_a_table_until_the_purgers_role_bypasses_it() throws Exception {
    scene.mirrored();
    scene.hot.run(
        """
        ALTER TABLE medication_orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE medication_administrations ENABLE ROW LEVEL SECURITY;
        CREATE POLICY none ON medication_administrations USING (false)
        """);
    assertThat(PurgeScene.heldBecause(scene.purge(), Valmed.ORDERS))
        .contains("'ALTER ROLE … BYPASSRLS' in hot for the role of 'hot.purger.user'");
    assertThat(scene.hot.count("medication_administrations")).isEqualTo(60);

    scene.hot.run("ALTER ROLE " + scene.name() + " BYPASSRLS");
    PurgeCounts counts = scene.purge();

    assertThat(counts.rows())
        .containsEntry(Valmed.ORDERS, 20L)
        .containsEntry(Valmed.ADMINISTRATIONS, 60L);
    assertThat(scene.hot.count("medication_administrations")).isZero();
  }

  @Test
  void what_one_table_is_refused_for_is_told_with_its_server() throws Exception {
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");
    scene.mirrored();
    scene.archive.run("REVOKE ALL ON drug_transfers FROM PUBLIC, arc_purger_group");
    scene.hot.run("REVOKE UPDATE (id) ON medication_orders FROM " + scene.name());

    PurgeCounts counts = scene.purge();

    assertThat(PurgeScene.heldBecause(counts, Valmed.TRANSFERS))
        .startsWith(
            "table public.drug_transfers has a mirror in "
                + scene.archive.place("archive")
                + " that cannot be asked for its rows: ");
    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS))
        .contains(" in " + scene.hot.place("hot") + ": ");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
  }

  @Test
  void an_archive_that_may_forget_commits_is_refused_at_start() throws Exception {
    scene.mirrored();
    scene.archive.run(
        "ALTER DATABASE %s SET synchronous_commit = off".formatted(scene.archive.name()));

    assertThat(scene.purgeFails(scene.settings().make(), Stage.Listener.NONE))
        .contains("synchronous_commit");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
  }

  @Test
  void a_database_is_never_its_own_archive() throws Exception {
    Settings settings = scene.settings().make(scene.settings().make().hot().purger());

    assertThat(scene.purgeFails(settings, Stage.Listener.NONE)).contains("same database");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
  }

  @Test
  void a_missing_origin_is_told_with_the_command_that_makes_it() throws Exception {
    scene.hot.run("SELECT pg_replication_origin_drop('%s')".formatted(scene.origin("")));

    assertThat(scene.purgeFails(scene.settings().make(), Stage.Listener.NONE))
        .contains("provision hot");
  }
}
