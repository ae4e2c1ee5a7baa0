package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.identity.ArchiveIdentity;
import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** A hot and an archive database with a policy, and a mirror that is filled by copying. */
final class PurgeScene {
  final TestDatabase hot;
  final TestDatabase archive;
  final Policy policy;
  private final SceneSettings settings;

  private PurgeScene(
      TestDatabase hot, TestDatabase archive, Policy policy, SceneSettings settings) {
    this.hot = hot;
    this.archive = archive;
    this.policy = policy;
    this.settings = settings;
  }

  /** ValMed's tables, empty. */
  static PurgeScene valmed() throws SQLException, IOException {
    return of(Valmed.DDL, Valmed.POLICY);
  }

  static PurgeScene of(String ddl, Policy policy) throws SQLException, IOException {
    String name = TestServers.freshName();
    TestDatabase hot = TestDatabase.copyOf(TestServers.hotTemplate(), name);
    TestDatabase archive = TestDatabase.copyOf(TestServers.archiveTemplate(), name);
    hot.run(ddl);
    hot.createRole(name);
    archive.createRole(name);
    PurgeScene scene =
        new PurgeScene(hot, archive, policy, new SceneSettings(hot, archive, policy, name));
    scene.provision();
    return scene;
  }

  /** What provisioning grants, and what capture and sink have made when anything is archived. */
  private void provision() throws SQLException {
    archive.run(
        "INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete, reconciled_at, prefix) VALUES (1, 'x', 1, true, now(), 'test'); GRANT arc_purger_group TO "
            + hot.name());
    try (TestSession session = hot.session()) {
      // A server keeps the progress of ten origins only; those of earlier scenes are done with.
      session.run("SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin");
      // So are their slots; a slot's name is the whole server's.
      session.run(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active");
      session.run(grants(session));
      // Not in one go: a slot is made in no transaction that has written.
      session.run("SELECT pg_create_logical_replication_slot('slot', 'pgoutput')");
      session.run(
          """
          CREATE PUBLICATION publication FOR TABLE arc.heartbeat, %s WITH (publish_generated_columns = stored);
          INSERT INTO arc.heartbeat VALUES ('slot', 1, now(), pg_current_wal_insert_lsn(), 0, '0/0', NULL, '{}', 1)
          """
              .formatted(
                  policy.tables().stream()
                      .map(table -> table.table().sql())
                      .collect(Collectors.joining(", "))));
    }
    identify();
  }

  private String grants(TestSession session) throws SQLException {
    String role = hot.name();
    StringBuilder sql =
        new StringBuilder(
            """
            GRANT USAGE ON SCHEMA arc TO %1$s;
            GRANT SELECT ON ALL TABLES IN SCHEMA arc TO %1$s;
            GRANT INSERT, UPDATE ON arc.purge_hold TO %1$s;
            GRANT EXECUTE ON FUNCTION pg_replication_origin_session_setup(text), pg_replication_origin_session_reset(),
              pg_replication_origin_session_is_setup(), pg_replication_origin_xact_setup(pg_lsn, timestamptz), pg_replication_origin_progress(text, boolean) TO %1$s;
            SELECT pg_replication_origin_create('%2$s');
            """
                .formatted(role, origin("")));
    for (PolicyTable table : policy.tables()) {
      TableId id = table.table();
      sql.append("GRANT USAGE ON SCHEMA %s TO %s;".formatted(Sql.identifier(id.schema()), role))
          .append(
              "GRANT SELECT %s ON %s TO %s;".formatted(columns(session, table), id.sql(), role));
      if (table.role().purgeable()) {
        sql.append("ALTER TABLE " + id.sql() + " REPLICA IDENTITY FULL;")
            .append("GRANT DELETE ON %s TO %s;".formatted(id.sql(), role))
            .append("GRANT UPDATE (%s) ON %s TO %s;".formatted(key(session, id), id.sql(), role));
      }
    }
    return sql.toString();
  }

  /** The origin of this scene's worker, or of another whose name ends so. */
  String origin(String suffix) throws SQLException {
    String oid =
        hot.list("SELECT oid::text FROM pg_database WHERE datname = current_database()").get(0);
    return "arc_purge_" + oid + "/test/" + hot.name() + suffix;
  }

  /** What provisioning records of the installation. */
  private void identify() throws SQLException {
    try (Connection inHot = hot.connect();
        Connection inArchive = archive.connect()) {
      ArchiveIdentity own = new ArchiveIdentity(UUID.randomUUID(), DatabaseIdentity.of(inArchive));
      own.write(inArchive);
      Installation installation =
          new Installation(
              "test",
              UUID.randomUUID(),
              "slot",
              "publication",
              DatabaseIdentity.of(inHot),
              own.id());
      new InstallationTable(inHot).write(installation);
      new InstallationTable(inArchive).write(installation);
    }
  }

  /** Of a table with excluded columns the others alone; else empty: the whole table. */
  private static String columns(TestSession session, PolicyTable table) throws SQLException {
    if (table.exclude().isEmpty()) {
      return "";
    }
    List<String> columns =
        session.list(
            """
            SELECT attname FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped
            """
                .formatted(literal(table.table().sql())));
    return columns.stream()
        .filter(column -> !table.exclude().contains(column))
        .map(Sql::identifier)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String key(TestSession session, TableId table) throws SQLException {
    return String.join(
        ", ",
        session.list(
            """
            SELECT quote_ident(a.attname) FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (n, o), pg_attribute a
            WHERE i.indrelid = '%1$s'::regclass AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.n AND k.o <= i.indnkeyatts ORDER BY k.o
            """
                .formatted(literal(table.sql()))));
  }

  /** The databases', the role's and the worker's name. */
  String name() {
    return hot.name();
  }

  SceneSettings settings() {
    return settings;
  }

  /** Makes mirrors and cold stores and copies all rows of hot into the mirrors. */
  PurgeScene mirrored() throws SQLException, IOException {
    mirror(policy.tables());
    return this;
  }

  void mirrorAgain(TableId table) throws SQLException, IOException {
    mirror(List.of(policy.find(table).orElseThrow()));
  }

  private void mirror(List<PolicyTable> tables) throws SQLException, IOException {
    try (TestSession from = hot.session();
        TestSession to = archive.session()) {
      for (PolicyTable table : tables) {
        to.run(ensureMirror(from, table));
        to.run(emptied(table));
        copy(from, to, table);
      }
    }
  }

  private static String literal(String text) {
    return text.replace("'", "''");
  }

  /** The call that makes a table's mirror and cold store. */
  private static String ensureMirror(TestSession hot, PolicyTable table) throws SQLException {
    return hot.list(
            """
            SELECT format('SELECT arc.ensure_table(%%L, %%L, %%L, %%L, %%L, true)', '%1$s', '%2$s', array_agg(a.attname ORDER BY attnum),
              array_agg(CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format_type(a.atttypid, -1) ELSE 'text' END ORDER BY attnum),
              (SELECT array_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum)) FROM pg_index i, pg_attribute k
               WHERE i.indrelid = '%3$s'::regclass AND i.indisprimary AND k.attrelid = i.indrelid AND k.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])))
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = '%3$s'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attname = ANY ('{%4$s}')
            """
                .formatted(
                    literal(table.table().schema()),
                    literal(table.table().name()),
                    literal(table.table().sql()),
                    String.join(",", table.exclude())))
        .get(0);
  }

  /** Its columns as its first version, and no rows. */
  private static String emptied(PolicyTable table) {
    return """
    ALTER TABLE %3$s ALTER arc_version SET DEFAULT 1, ALTER arc_epoch SET DEFAULT 1, ALTER arc_lsn SET DEFAULT '0/1';
    INSERT INTO arc.table_version (schema_name, table_name, version, columns)
    SELECT '%1$s', '%2$s', 1, jsonb_agg(jsonb_build_object('name', attname, 'type', 'x') ORDER BY attnum)
    FROM pg_attribute WHERE attrelid = '%4$s'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT LIKE 'arc\\_%%'
    ON CONFLICT (schema_name, table_name, version) DO UPDATE SET columns = EXCLUDED.columns;
    INSERT INTO arc.reconciliation (prefix, epoch, schema_name, table_name, state) VALUES ('test', 1, '%1$s', '%2$s', 'reconciled')
    ON CONFLICT DO NOTHING;
    TRUNCATE %3$s
    """
        .formatted(
            literal(table.table().schema()),
            literal(table.table().name()),
            table.table().sql(),
            literal(table.table().sql()));
  }

  private static void copy(TestSession hot, TestSession archive, PolicyTable table)
      throws SQLException, IOException {
    String columns =
        hot.list(
                """
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped AND NOT attname = ANY ('{%s}')
                """
                    .formatted(literal(table.table().sql()), String.join(",", table.exclude())))
            .get(0);
    StringWriter text = new StringWriter();
    copying(hot.connection())
        .copyOut("COPY %s (%s) TO STDOUT".formatted(table.table().sql(), columns), text);
    copying(archive.connection())
        .copyIn(
            "COPY %s (%s) FROM STDIN".formatted(table.table().sql(), columns),
            new StringReader(text.toString()));
  }

  private static CopyManager copying(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  /** How many refusals of foreign keys stand in hot's log. */
  long hotErrors() throws IOException {
    try (Stream<String> lines = Files.lines(hot.server().logFile(), StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.matches(".*ERROR: .*violates .*on table .*")).count();
    }
  }

  /** Says that the archive has everything that hot has committed up to now. */
  void caughtUp() throws SQLException {
    hot.run(
        """
        INSERT INTO arc.heartbeat AS h VALUES ('slot', 1, now(), pg_current_wal_insert_lsn(), 1, pg_current_wal_insert_lsn(), now(), '{"t/0": 5}', 1)
        ON CONFLICT (slot) DO UPDATE SET beat = h.beat + 1, passed_beat = h.beat + 1, passed_lsn = pg_current_wal_insert_lsn()
        """);
    archive.run(
        """
        INSERT INTO arc.sink_position (topic, partition, topic_id, epoch, position) VALUES ('t', 0, 'x', 1, 5) ON CONFLICT DO NOTHING
        """);
  }

  /** Runs a worker until everything is purged, refused or held; fails if it fails. */
  PurgeCounts purge() {
    return purge(settings.make(), Stage.Listener.NONE);
  }

  PurgeCounts purge(Settings with, Stage.Listener stages) {
    try (PurgeService service = PurgeService.start(with, new PurgeOptions(true), stages)) {
      Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> service.state().ended());
      assertThat(service.state()).as(service.state().describe()).isInstanceOf(LoopState.Done.class);
      return service.counts();
    }
  }

  /** Runs a worker until its counts are as wanted, then stops it. */
  PurgeCounts purgeUntil(Predicate<PurgeCounts> wanted) {
    try (PurgeService service = PurgeService.start(settings.make(), new PurgeOptions(true))) {
      return Awaitility.await().atMost(Duration.ofMinutes(2)).until(service::counts, wanted);
    }
  }

  /** Runs a worker until it has failed for good, and returns why. */
  String purgeFails(Settings with, Stage.Listener stages) {
    try (PurgeService service = PurgeService.start(with, new PurgeOptions(true), stages)) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> service.state() instanceof LoopState.Failed);
      return service.state().describe();
    }
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  static long kept(PurgeCounts counts, Kept reason) {
    return counts.roots().values().stream()
        .mapToLong(root -> root.kept().getOrDefault(reason, 0L))
        .sum();
  }

  static String heldBecause(PurgeCounts counts, TableId root) {
    PurgeCounts.Root of = counts.roots().get(root);
    return of == null || of.held() == null ? "" : of.held();
  }
}
