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
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LeastPrivilegeTest {
  /**
   * Attributes and memberships that none of the product's roles has, capture's REPLICATION aside.
   */
  private static final String MORE_THAN_NEEDED =
      """
      SELECT rolname FROM pg_roles r WHERE rolname LIKE '%%\\_%1$s' AND (
        rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR (rolreplication AND rolname NOT LIKE 'capture%%')
        OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                   WHERE m.member = r.oid AND (m.admin_option OR g.rolname !~ '^arc_(sink|purger|reader)_group$')))
      """;

  private static TestDatabase hot;
  private static TestDatabase archive;
  private static Settings settings;

  @BeforeAll
  static void provision() throws SQLException {
    hot = TestDatabase.valmed();
    archive = TestDatabase.archive();
    Migrations.of(Target.ARCHIVE, archive.superuser()).up();
    settings = TestSettings.of(hot, archive, TestSettings.valmed());
    new HotProvisioning(settings).apply();
    new ArchiveProvisioning(settings).apply();
    try (Connection sink = settings.archive().sink().connect("test");
        Statement statement = sink.createStatement()) {
      statement.execute(
          """
          SELECT arc.ensure_table('public', 'drugs', '{id}', '{int}', '{id}', true);
          SELECT arc.ensure_partition('public', 'drugs', '2026-01-01');
          """);
    }
  }

  @Test
  void capture_reads_streams_and_beats_and_does_nothing_else() throws SQLException {
    DatabaseLogin capture = settings.hot().capture();
    may(
        capture,
        "SELECT * FROM public.medication_orders",
        "SELECT * FROM arc.purge_hold",
        "INSERT INTO arc.heartbeat VALUES ('s', 1, now(), '0/1', 0, '0/0', NULL, '{}', 1)",
        "UPDATE arc.heartbeat SET beat = 2",
        "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'y') RETURNING id",
        "INSERT INTO arc.parked_table (slot, table_name, epoch, reason) VALUES ('s', 'x', 1, 'r')",
        "UPDATE arc.parked_table SET epoch = 2",
        "SELECT arc.end_capture_holds('valmed', 'capture slot', true)");
    mayNot(
        capture,
        "DELETE FROM arc.parked_table",
        "UPDATE public.medication_orders SET dosage = 1",
        "DELETE FROM public.medication_orders",
        "INSERT INTO public.drugs (id) VALUES (NULL)",
        "DELETE FROM arc.heartbeat",
        "UPDATE arc.purge_hold SET released_at = now()",
        "INSERT INTO arc.provisioned (kind, name, undo) VALUES ('a', 'b', 'c')",
        "CREATE TABLE arc.mine (id int)",
        "TRUNCATE public.drug_transfers",
        "SELECT * FROM public.medication_orders FOR UPDATE",
        "UPDATE arc.provisioned SET undo = 'x'",
        "SELECT pg_replication_origin_session_setup('%s')".formatted(origin()),
        "SELECT pg_replication_origin_create('arc_purge_x')");
    assertThat(
            hot.list(
                "SELECT rolreplication FROM pg_roles WHERE rolname = '" + capture.user() + "'"))
        .containsExactly("t");
  }

  @Test
  void the_purger_locks_and_deletes_and_changes_nothing() throws SQLException {
    DatabaseLogin purger = settings.hot().purger();
    may(
        purger,
        "SELECT * FROM public.medication_orders FOR UPDATE SKIP LOCKED",
        "DELETE FROM public.medication_administrations",
        "DELETE FROM public.medication_orders",
        "SELECT * FROM public.drugs",
        "SELECT count(*), max(email) FROM public.users",
        "SELECT * FROM arc.heartbeat",
        "SELECT * FROM arc.parked_table",
        "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'y')",
        "UPDATE arc.purge_hold SET released_at = now()",
        "SELECT pg_replication_origin_session_setup('%s')".formatted(origin()),
        "SELECT pg_replication_origin_session_is_setup()");
    mayNot(
        purger,
        "SELECT hashed_password FROM public.users",
        "SELECT api_key FROM public.users",
        "SELECT * FROM public.users",
        "SELECT users FROM public.users",
        "SELECT 1 FROM public.users WHERE api_key IS NULL",
        "COPY public.users TO STDOUT",
        "UPDATE public.medication_orders SET dosage = 1",
        "UPDATE public.medication_orders SET status = 'completed'",
        "INSERT INTO public.drug_transfers (id) VALUES (NULL)",
        "DELETE FROM public.drugs",
        "DELETE FROM public.users",
        "TRUNCATE public.drug_transfers",
        "UPDATE arc.heartbeat SET beat = 2",
        "UPDATE arc.parked_table SET epoch = 0",
        "DELETE FROM arc.purge_hold",
        "SELECT arc.end_capture_holds('valmed', 'capture slot', true)",
        "SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
        "SELECT pg_drop_replication_slot('%s')".formatted(settings.capture().slot()),
        "SELECT * FROM pg_logical_slot_peek_changes('mine', NULL, NULL)",
        "UPDATE arc.provisioned SET undo = 'x'",
        "SELECT pg_replication_origin_create('arc_purge_x')",
        "SELECT pg_replication_origin_drop('%s')".formatted(origin()));
  }

  @Test
  void the_sink_cannot_change_what_is_cold() throws SQLException {
    DatabaseLogin sink = settings.archive().sink();
    may(
        sink,
        "INSERT INTO public.drugs (id, arc_version, arc_epoch, arc_lsn) VALUES (1, 1, 1, '0/1')",
        "UPDATE public.drugs SET arc_version = 2",
        "DELETE FROM public.drugs",
        "INSERT INTO public_cold.drugs (id, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age) VALUES (1, 1, 1, '0/1', 'purged', '2026-01-05') ON CONFLICT DO NOTHING",
        "SELECT * FROM public_cold.drugs",
        "CREATE TEMPORARY TABLE stage (id int)",
        "INSERT INTO arc.sink_position (topic, partition, topic_id, epoch, position) VALUES ('t', 0, 'i', 1, 1)",
        "INSERT INTO arc.quarantine (topic, partition, \"offset\", table_name, headers, key_digest, reason) VALUES ('t', 0, 1, 'x', '{}', '', 'r')",
        "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'y')",
        "SELECT arc.ensure_column('public', 'drugs', 'name', 'text', NULL)");
    mayNot(
        sink,
        "UPDATE public_cold.drugs SET id = 2",
        "DELETE FROM public_cold.drugs",
        "TRUNCATE public_cold.drugs",
        "DELETE FROM public_cold.drugs_y2026m01",
        "INSERT INTO public_cold.drugs_y2026m01 (id) VALUES (1)",
        "TRUNCATE public.drugs",
        "ALTER TABLE public.drugs ADD COLUMN x int",
        "DROP TABLE public_cold.drugs_y2026m01",
        "CREATE TABLE public_cold.mine (id int)",
        "DELETE FROM arc.quarantine",
        "DELETE FROM arc.sink_position",
        "DELETE FROM arc.purge_hold",
        "SELECT * FROM arc.purge_row",
        "DELETE FROM arc.purge_unwitnessed",
        "UPDATE arc.purged_departure SET rows = 0",
        "INSERT INTO arc.purge_repaired (page, table_name, key, epoch, txid) VALUES (1, 'x', '{1}', 1, 1)",
        "SELECT arc.repair_departures(1, 'public', 'drugs', '[]')",
        "SELECT arc.retype_column('public', 'drugs', 'name')",
        "SELECT arc.set_aside_table('public', 'drugs')",
        "INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows) VALUES ('w', 'r', '1', 1, '0/1', 1, 1)",
        "SELECT arc.add_column('public.drugs', 'x', 'int', NULL)",
        "INSERT INTO arc.archived_table (schema_name, table_name, key) VALUES ('a', 'b', '{c}')");
  }

  @Test
  void the_archives_purger_writes_its_journal_once_and_settles_it() throws SQLException {
    DatabaseLogin purger = settings.archive().purger();
    may(
        purger,
        "SELECT * FROM public.drugs, public_cold.drugs c, arc.sink_position, arc.quarantine",
        "INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows) VALUES ('w', 'r', '1', 1, '0/1', 1, 1) RETURNING id",
        "UPDATE arc.purge_page SET outcome = 'committed', settled_at = now()",
        "INSERT INTO arc.verification (started_at) VALUES (now())",
        "UPDATE arc.verification SET ended_at = now()",
        "INSERT INTO arc.table_verification (prefix, schema_name, table_name) VALUES ('p', 'public', 'drugs')",
        "UPDATE arc.table_verification SET held_rows = 1",
        "UPDATE arc.purge_hold SET released_at = now()");
    mayNot(
        purger,
        "UPDATE arc.purge_page SET rows = 0",
        "DELETE FROM arc.purge_page",
        "UPDATE arc.purge_row SET digest = ''",
        "DELETE FROM arc.purge_row",
        "DELETE FROM arc.purge_hold",
        "UPDATE arc.purged_departure SET rows = 0",
        "INSERT INTO arc.purge_repaired (page, table_name, key, epoch, txid) VALUES (1, 'x', '{1}', 1, 1)",
        "UPDATE arc.quarantine SET resolved_at = now()",
        "DELETE FROM public.drugs",
        "UPDATE public.drugs SET id = 1",
        "INSERT INTO public_cold.drugs (id) VALUES (1)",
        "UPDATE public_cold.drugs SET id = 2",
        "DELETE FROM public_cold.drugs",
        "TRUNCATE public_cold.drugs",
        "UPDATE arc.sink_position SET position = 1",
        "SELECT arc.ensure_partition('public', 'drugs', '2026-02-01')");
  }

  @Test
  void a_reader_reads_and_sees_no_quarantined_record() throws SQLException {
    DatabaseLogin reader = settings.archive().reader();
    may(
        reader,
        "SELECT * FROM public.drugs, public_cold.drugs c, arc.purge_page, arc.epoch, arc.changelog");
    mayNot(
        reader,
        "SELECT * FROM arc.quarantine",
        "INSERT INTO public.drugs (id) VALUES (1)",
        "UPDATE public.drugs SET id = 1",
        "DELETE FROM public.drugs",
        "TRUNCATE public_cold.drugs",
        "UPDATE arc.purge_page SET outcome = 'committed'",
        "UPDATE arc.verification SET ended_at = now()",
        "UPDATE arc.table_verification SET held_rows = NULL",
        "DELETE FROM public_cold.drugs",
        "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'y')",
        "SELECT arc.ensure_partition('public', 'drugs', '2026-02-01')");
  }

  @Test
  void no_role_can_make_itself_more_than_it_is() throws SQLException {
    for (DatabaseLogin login :
        List.of(
            settings.hot().capture(),
            settings.hot().purger(),
            settings.archive().sink(),
            settings.archive().purger(),
            settings.archive().reader())) {
      mayNot(
          login,
          "SELECT * FROM pg_authid",
          "CREATE ROLE mine",
          "CREATE SCHEMA mine",
          "CREATE TABLE public.mine (id int)",
          "ALTER ROLE \"%s\" SUPERUSER".formatted(login.user()),
          "GRANT pg_read_all_data TO \"%s\"".formatted(login.user()),
          "SET ROLE postgres",
          "SET session_replication_role = 'replica'",
          "SELECT pg_reload_conf()",
          "COPY (SELECT 1) TO PROGRAM 'true'",
          "SELECT pg_read_file('PG_VERSION')",
          "CREATE PUBLICATION mine FOR ALL TABLES",
          "DROP TABLE arc.changelog",
          "DELETE FROM arc.changelog");
    }
    for (TestDatabase database : List.of(hot, archive)) {
      assertThat(database.list(MORE_THAN_NEEDED.formatted(database.name()))).isEmpty();
    }
  }

  @Test
  void a_migrator_is_the_owner_of_its_own_and_no_superuser() throws SQLException {
    TestDatabase database = TestDatabase.archive();
    DatabaseLogin migrator = TestSettings.role(database, "migrator");
    database.run(
        "CREATE ROLE \"%1$s\" LOGIN CREATEROLE PASSWORD '%2$s'; ALTER DATABASE %3$s OWNER TO \"%1$s\""
            .formatted(migrator.user(), migrator.password(), database.name()));
    Migrations.of(Target.HOT, migrator).up();

    may(migrator, "ALTER TABLE arc.heartbeat ADD COLUMN x int", "CREATE ROLE mine");
    mayNot(
        migrator,
        "SELECT * FROM pg_authid",
        "ALTER ROLE postgres PASSWORD 'x'",
        "GRANT pg_execute_server_program TO \"%s\"".formatted(migrator.user()),
        "ALTER ROLE \"%s\" SUPERUSER".formatted(migrator.user()),
        "CREATE ROLE mine SUPERUSER",
        "SET session_replication_role = 'replica'",
        "SELECT pg_reload_conf()",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')");
  }

  @Test
  void undo_of_the_archive_restores_its_roles() throws SQLException {
    TestDatabase another = TestDatabase.archive();
    Migrations.of(Target.ARCHIVE, another.superuser()).up();
    Settings own = TestSettings.of(TestDatabase.valmed(), another, TestSettings.valmed());
    new HotProvisioning(own).apply();
    List<String> before = CatalogText.of(another);
    ArchiveProvisioning provisioning = new ArchiveProvisioning(own);

    assertThat(provisioning.apply()).isNotEmpty();
    assertThat(provisioning.plan()).isEmpty();
    provisioning.undo();

    assertThat(CatalogText.difference(before, CatalogText.of(another))).isEmpty();
  }

  private static void may(DatabaseLogin login, String... statements) throws SQLException {
    try (Connection connection = login.connect("test")) {
      for (String sql : statements) {
        tryOut(connection, sql);
      }
    }
  }

  private static void mayNot(DatabaseLogin login, String... statements) throws SQLException {
    try (Connection connection = login.connect("test")) {
      for (String sql : statements) {
        assertThatThrownBy(() -> tryOut(connection, sql))
            .as("%s: %s", login.user(), sql)
            .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("42501"));
      }
    }
  }

  /** Runs the statement and takes it back. */
  private static void tryOut(Connection connection, String sql) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static String origin() {
    return settings.purge().origin(settings.prefix(), oid());
  }

  private static long oid() {
    try {
      return Long.parseLong(
          hot.value("SELECT oid FROM pg_database WHERE datname = current_database()"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
