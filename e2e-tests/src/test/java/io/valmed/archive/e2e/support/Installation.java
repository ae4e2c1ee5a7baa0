package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.servers.Postgres;
import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.stack.postgres.KeptSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A hot database, an archive database and a topic prefix of its own, migrated and provisioned
 * through the product's command, with its settings in a file.
 */
public final class Installation implements AutoCloseable {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final World world;
  private final Servers servers;
  private final Place place;
  private final Path directory;
  private final Path settingsFile;
  private final String database;
  private final Settings settings;
  private final KeptSession hot = new KeptSession(this::hotAsOwner);
  private final KeptSession archive = new KeptSession(this::archiveAsOwner);

  /**
   * How the services reach the servers, each as {@code host:port}.
   *
   * @param hot the hot PostgreSQL
   * @param archive the archive's
   * @param kafka the broker
   */
  public record Routes(String hot, String archive, String kafka) {}

  /**
   * Where an installation is made.
   *
   * @param servers what it is made on
   * @param purgeTimeout after which hot ends a transaction of the purge
   * @param archiveDisk directory in which the archive's tables are kept; null: the server's own
   * @param trust what servers that speak TLS alone ask for; null: these do not
   */
  public record Place(
      Servers servers,
      Duration purgeTimeout,
      @Nullable Path archiveDisk,
      SecuredStack.@Nullable Trust trust) {}

  private Installation(World world, Place place, Path directory, String database)
      throws IOException {
    this.world = world;
    this.servers = place.servers();
    this.place = place;
    this.directory = directory;
    this.database = database;
    this.settingsFile = directory.resolve("archive.yaml");
    for (String role : List.of("capture", "hot-purger", "sink", "archive-purger", "reader")) {
      secret(role, UUID.randomUUID().toString());
    }
    Files.writeString(settingsFile, yaml(direct()));
    this.settings = SettingsReader.read(settingsFile, Map.of());
  }

  /** Makes databases and tables on the shared servers, migrates and provisions both sides. */
  public static Installation of(World world) throws Exception {
    return of(world, new Place(SharedServers.get(), Duration.ofSeconds(30), null, null));
  }

  /** Carries out one verb of the product with these settings, and expects success. */
  @FunctionalInterface
  public interface Verb {
    void succeed(Path settings, String... words) throws Exception;
  }

  /** Makes databases and tables, migrates and provisions both sides. */
  public static Installation of(World world, Place place) throws Exception {
    return of(world, place, Archive::succeed);
  }

  /** As {@link #of(World, Place)}, by that way to carry out the product's verbs. */
  public static Installation of(World world, Place place, Verb verb) throws Exception {
    String database = world.name() + "_" + COUNTER.incrementAndGet();
    Installation made =
        new Installation(world, place, Files.createTempDirectory("archive-e2e-"), database);
    place.servers.hot().createDatabase(database);
    made.createArchive(place.archiveDisk());
    made.inHot(world.schema());
    verb.succeed(made.settingsFile, "migrate", "hot", "up");
    verb.succeed(made.settingsFile, "migrate", "archive", "up");
    verb.succeed(made.settingsFile, "provision", "hot");
    verb.succeed(made.settingsFile, "provision", "archive");
    return made;
  }

  private void createArchive(@Nullable Path disk) throws SQLException {
    if (disk == null) {
      servers.archive().createDatabase(database);
      return;
    }
    try (Connection connection = servers.archive().connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLESPACE small LOCATION " + Sql.literal(disk.toString()));
      statement.execute("CREATE DATABASE " + database + " TABLESPACE small");
    }
  }

  /** Another file of the same settings for one service that goes other ways to the servers. */
  public Path settingsFor(String service, Routes routes) throws IOException {
    return Files.writeString(directory.resolve(service + ".yaml"), yaml(routes));
  }

  /** Ways to the servers without anything between. */
  public Routes direct() {
    return new Routes(
        servers.hot().hosts(), servers.archive().hosts(), text(servers.kafka().address()));
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  public World world() {
    return world;
  }

  public Settings settings() {
    return settings;
  }

  public Policy policy() {
    return settings.policy();
  }

  public Path settingsFile() {
    return settingsFile;
  }

  /** Where logs of its processes go. */
  public Path directory() {
    return directory;
  }

  public TopicDump topics() {
    return new TopicDump(settings.kafka().clientProperties("e2e"), settings.topics());
  }

  public Connection hotAsOwner() throws SQLException {
    return servers.hot().connect(database);
  }

  public Connection archiveAsOwner() throws SQLException {
    return servers.archive().connect(database);
  }

  /** Hot as its owner sees it, for many short looks. */
  public KeptSession hot() {
    return hot;
  }

  /** The archive as its owner sees it, for many short looks. */
  public KeptSession archive() {
    return archive;
  }

  /** Runs SQL in hot as its owner, committed. */
  public void inHot(String sql) throws SQLException {
    try (Connection connection = hotAsOwner();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs SQL in the archive as its owner, committed. */
  public void inArchive(String sql) throws SQLException {
    try (Connection connection = archiveAsOwner();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The single number that the query gives in hot. */
  public long countInHot(String sql) throws SQLException {
    return hot.with(connection -> number(connection, sql));
  }

  /** The single number that the query gives in the archive. */
  public long countInArchive(String sql) throws SQLException {
    return archive.with(connection -> number(connection, sql));
  }

  /** Rows of the table's cold store that left for that cause. */
  public long departed(TableId table, String cause) throws SQLException {
    return countInArchive(
        "SELECT count(*) FROM " + table.cold().sql() + " WHERE arc_cause = '" + cause + "'");
  }

  @Override
  public void close() throws SQLException {
    hot.close();
    archive.close();
    try (Connection connection = servers.hot().connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots
            WHERE database = '%1$s' AND active_pid IS NOT NULL
          """
              .formatted(database));
      statement.execute(
          """
          DO $$ BEGIN
            FOR i IN 1..100 LOOP
              EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE database = '%1$s' AND active);
              PERFORM pg_sleep(0.05);
            END LOOP;
          END $$
          """
              .formatted(database));
      statement.execute(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '%s'"
              .formatted(database));
      statement.execute("DROP DATABASE " + database + " WITH (FORCE)");
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private void secret(String name, String password) throws IOException {
    Path file = directory.resolve(name + ".password");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, password + "\n");
  }

  private String yaml(Routes routes) {
    Postgres hot = servers.hot();
    Postgres archive = servers.archive();
    SecuredStack.Trust trust = place.trust();
    return """
        prefix: %1$s
        hot:
          url: jdbc:postgresql://%2$s/%1$s
          %11$s
          migrator: { user: %3$s, password-file: %4$s }
          capture: { user: %1$s_capture, password-file: capture.password }
          purger: { user: %1$s_purger, password-file: hot-purger.password }
        archive:
          url: jdbc:postgresql://%5$s/%1$s
          %11$s
          migrator: { user: %6$s, password-file: %7$s }
          sink: { user: %1$s_sink, password-file: sink.password%12$s }
          purger: { user: %1$s_purger, password-file: archive-purger.password }
          reader: { user: %1$s_reader, password-file: reader.password }
        kafka: { bootstrap-servers: "%8$s", partitions: 3%13$s }
        policy:
        %9$s
        capture: { slot: %1$s, publication: %1$s, heartbeat-every: 200ms, health: { port: 0 } }
        sink: { health: { port: 0 } }
        purge: { worker: %1$s, page-aggregates: 50, rows-per-second: 0, every: 200ms,
          transaction-timeout: %10$dms, health: { port: 0 } }
        """
        .formatted(
            database,
            routes.hot(),
            hot.superuser(),
            hot.passwordFile(),
            routes.archive(),
            archive.superuser(),
            archive.passwordFile(),
            routes.kafka(),
            world.policy().indent(2).stripTrailing(),
            place.purgeTimeout().toMillis(),
            trust == null ? "" : "tls: { root-certificate: " + trust.root() + " }",
            trust == null
                ? ""
                : ", certificate: %s, key: %s"
                    .formatted(trust.sink().certificate(), trust.sink().key()),
            trust == null
                ? ""
                : ", user: %s, password-file: %s, tls: { root-certificate: %s }"
                    .formatted(trust.kafkaUser(), trust.kafkaPassword(), trust.root()));
  }
}
