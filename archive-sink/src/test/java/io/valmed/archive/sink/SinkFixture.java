package io.valmed.archive.sink;

import static org.awaitility.Awaitility.await;

import io.valmed.archive.databases.identity.ArchiveIdentity;
import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.KafkaSecurity;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.HotSettings;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SinkSettings;
import io.valmed.archive.stack.postgres.KeptSession;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;

/** A fresh archive database, fresh topics, and what a test needs to work with both. */
final class SinkFixture implements AutoCloseable {
  static final int PARTITIONS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private final PostgresServer server = SinkStack.get().archive();
  private final String name = "sink" + SinkStack.number();
  private final KeptSession session = new KeptSession(() -> server.connect(name));
  private final Settings settings;
  private final Admin admin;
  private final TestCapture capture;
  private final List<SinkService> sinks = new ArrayList<>();
  private final TestTopics topics;

  /** Whatever share of a table an epoch does not show counts as unseen, without asking. */
  SinkFixture(Policy policy) throws Exception {
    this(policy, 100);
  }

  /**
   * @param unseenShare the percentage of a table's rows that may be filed as unseen without asking
   */
  SinkFixture(Policy policy, int unseenShare) throws Exception {
    server.createDatabase(name);
    DatabaseLogin owner =
        new DatabaseLogin(server.jdbcUrl(name), server.superuser(), server.passwordFile());
    Migrations.of(Target.ARCHIVE, owner).up();
    String role = name + "_login";
    run("CREATE ROLE " + role + " LOGIN IN ROLE arc_sink_group PASSWORD '" + password() + "'");
    this.settings = settings(policy, unseenShare, owner, role);
    identify(owner);
    this.admin = Admin.create(settings.kafka().clientProperties("test"));
    this.topics = new TestTopics(admin, settings.kafka(), SinkService.tables(settings).keySet());
    topics.create(settings.topics().schema(), settings.topics().alarms());
    this.capture =
        new TestCapture(settings.kafka().bootstrapServers(), settings.topics(), PARTITIONS);
  }

  /** What provisioning writes of an installation whose hot database nobody asks here. */
  private void identify(DatabaseLogin owner) throws Exception {
    try (var connection = owner.connect("test")) {
      DatabaseIdentity actual = DatabaseIdentity.of(connection);
      ArchiveIdentity archive = new ArchiveIdentity(UUID.randomUUID(), actual);
      archive.write(connection);
      new InstallationTable(connection)
          .write(new Installation(name, UUID.randomUUID(), "s", "p", actual, archive.id()));
    }
  }

  private Settings settings(Policy policy, int unseenShare, DatabaseLogin owner, String role) {
    InetSocketAddress health = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    DatabaseLogin sink = new DatabaseLogin(owner.url(), role, owner.passwordFile());
    return new Settings(
        name,
        new HotSettings(owner, owner, owner),
        new ArchiveSettings(owner, sink, owner, owner),
        new KafkaAccess(
            SinkStack.get().kafka().bootstrapServers(),
            PARTITIONS,
            (short) 1,
            1 << 20,
            KafkaSecurity.NONE),
        policy,
        new CaptureSettings("s", "p", Duration.ofSeconds(1), 1000, Duration.ofSeconds(10), health),
        new SinkSettings(name + "-sink", 50_000, 16L << 20, 1, unseenShare, health),
        new PurgeSettings(
            "w",
            10,
            10,
            0,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            health));
  }

  private String password() {
    try {
      return java.nio.file.Files.readAllLines(server.passwordFile()).get(0);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The settings of a sink of this fixture as a file; of its tables, the orders alone. */
  String settingsFile() {
    DatabaseLogin sink = settings.archive().sink();
    return """
        prefix: %s
        hot: { url: "%s_hot", migrator: { user: x }, capture: { user: x }, purger: { user: x } }
        archive:
          url: "%s"
          migrator: { user: x }
          sink: { user: %s, password-file: "%s" }
          purger: { user: x }
          reader: { user: x }
        kafka: { bootstrap-servers: "%s" }
        policy:
          roots: { public.orders: { age: at } }
        sink: { health: { port: 0 } }
        """
        .formatted(
            name,
            sink.url(),
            sink.url(),
            sink.user(),
            sink.passwordFile(),
            settings.kafka().bootstrapServers());
  }

  TestTopics topics() {
    return topics;
  }

  Settings settings() {
    return settings;
  }

  Admin admin() {
    return admin;
  }

  TestCapture capture() {
    return capture;
  }

  SinkService startSink() {
    return startSink(FailPoint.NONE);
  }

  SinkService startSink(FailPoint failPoint) {
    return start(settings.sink().group(), settings.sink().batchRecords(), failPoint);
  }

  /** Starts a sink with small batches, so that a test's records make several. */
  SinkService startSink(FailPoint failPoint, int batchRecords) {
    return start(settings.sink().group(), batchRecords, failPoint);
  }

  /** Starts a sink that Kafka gives all partitions, whoever else has them. */
  SinkService startSinkOfAnotherGroup() {
    return start(settings.sink().group() + "-other", 50_000, FailPoint.NONE);
  }

  /** Starts a sink that reaches the archive through that port of this machine. */
  SinkService startSinkThrough(int port, FailPoint failPoint) {
    DatabaseLogin direct = settings.archive().sink();
    DatabaseLogin login =
        new DatabaseLogin(
            direct.url().replace(":" + server.port() + "/", ":" + port + "/"),
            direct.user(),
            direct.passwordFile());
    return start(login, settings.sink().group(), 100, failPoint);
  }

  private SinkService start(String group, int batchRecords, FailPoint failPoint) {
    return start(settings.archive().sink(), group, batchRecords, failPoint);
  }

  private SinkService start(
      DatabaseLogin login, String group, int batchRecords, FailPoint failPoint) {
    ArchiveSettings archive = settings.archive();
    SinkSettings all = settings.sink();
    SinkSettings changed =
        new SinkSettings(
            group,
            batchRecords,
            all.batchBytes(),
            all.monthsAhead(),
            all.unseenShare(),
            all.health());
    SinkService sink =
        SinkService.start(
            new Settings(
                settings.prefix(),
                settings.hot(),
                new ArchiveSettings(archive.migrator(), login, archive.purger(), archive.reader()),
                settings.kafka(),
                settings.policy(),
                settings.capture(),
                changed,
                settings.purge()),
            failPoint);
    sinks.add(sink);
    return sink;
  }

  /** Waits until the sink has stopped for good, and returns its reason. */
  static String awaitFailure(SinkService sink) {
    await().atMost(PATIENCE).until(() -> sink.state() instanceof LoopState.Failed);
    return sink.state().describe();
  }

  Positions stored() throws SQLException {
    Map<String, Long> stored = new HashMap<>();
    for (String row : query("SELECT topic || '/' || partition, position FROM arc.sink_position")) {
      int bar = row.indexOf('|');
      stored.put(row.substring(0, bar), Long.valueOf(row.substring(bar + 1)));
    }
    return Positions.of(stored);
  }

  /** Waits until everything committed so far has been applied. */
  void awaitApplied() throws Exception {
    Positions ends = topics.ends();
    await().atMost(PATIENCE).until(() -> stored().covers(ends));
  }

  /** Rows as text, columns joined by {@code |}, nulls as {@code ~}. */
  List<String> query(String sql) throws SQLException {
    return session.with(connection -> rows(connection, sql));
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        StringJoiner row = new StringJoiner("|");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          String value = rows.getString(i);
          row.add(value == null ? "~" : value);
        }
        all.add(row.toString());
      }
      return all;
    }
  }

  void run(String sql) throws SQLException {
    try (Connection connection = server.connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    sinks.forEach(SinkService::close);
    session.close();
    capture.close();
    admin.close();
  }
}
