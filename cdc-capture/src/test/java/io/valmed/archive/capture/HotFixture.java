package io.valmed.archive.capture;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.provisioning.hot.HotProvisioning;
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
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.KeptSession;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A hot database of its own with capture's role, publication and tables, and a prefix of its own in
 * the one Kafka that all tests share.
 */
final class HotFixture implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static @Nullable LocalStack stack;

  private final KeptSession session = new KeptSession(this::connect);
  private PostgresServer server;
  private List<PostgresServer> servers;
  private final String name;
  private final Path passwordFile;
  private final List<TableId> roots = new ArrayList<>();
  private final List<ReferenceTable> references = new ArrayList<>();
  private int transactionRecords = 10_000;
  private Duration transactionTime = Duration.ofSeconds(30);
  private Duration heartbeatEvery = Duration.ofMillis(100);
  private int partitions = 3;
  private short replicas = 1;
  private int largest = 4 << 20;
  private List<String> plainNumbers = List.of();
  private CaptureSettings.Stream stream = StreamUnderTest.CHOSEN;
  private @Nullable CaptureService capture;

  HotFixture() {
    this(stack().hot());
  }

  /** On a server of its own, beside the Kafka that all share. */
  HotFixture(PostgresServer server) {
    this.server = server;
    this.servers = List.of(server);
    this.name = "c%d".formatted(NUMBER.incrementAndGet());
    server.createDatabase(name);
    try {
      passwordFile = Files.createTempFile("capture", ".password");
      Files.writeString(passwordFile, "secret\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Migrations.of(Target.HOT, superuser()).up();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static synchronized LocalStack stack() {
    if (stack == null) {
      LocalStack started = LocalStack.start(StackOptions.temporary());
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      stack = started;
    }
    return stack;
  }

  /** Capture is told of these hosts. */
  HotFixture withHosts(PostgresServer... hosts) {
    servers = List.of(hosts);
    return this;
  }

  /** The test itself works with this server from now on. */
  void moveTo(PostgresServer primary) {
    server = primary;
  }

  /** Creates a table with these columns, published, as a root of the policy aged by {@code at}. */
  HotFixture root(String table, String columns) {
    roots.add(create(table, columns));
    return this;
  }

  /** Takes a table that is there already into the policy. */
  HotFixture knows(String table) {
    roots.add(TableId.parse(table));
    return this;
  }

  HotFixture reference(String table, String columns, String... excluded) {
    references.add(new ReferenceTable(create(table, columns), List.of(excluded)));
    return this;
  }

  private TableId create(String table, String columns) {
    TableId id = TableId.parse(table);
    sql("CREATE TABLE %s (%s)".formatted(id.sql(), columns));
    return id;
  }

  /** Columns of every root that are mere numbers, whatever their type. */
  HotFixture withPlainNumbers(List<String> columns) {
    plainNumbers = columns;
    return this;
  }

  /** Gives hot what the policy needs, as the operator's command does. */
  HotFixture provision() {
    try {
      new HotProvisioning(settings()).apply();
      return this;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many records a Kafka transaction may have before a source transaction is cut. */
  HotFixture cutAfter(int records) {
    transactionRecords = records;
    return this;
  }

  /** How long a Kafka transaction may take before a source transaction or a snapshot is cut. */
  HotFixture cutAfter(Duration time) {
    transactionTime = time;
    return this;
  }

  /** How capture reads hot from its next start on. */
  HotFixture reads(CaptureSettings.Stream chosen) {
    stream = chosen;
    return this;
  }

  HotFixture withPartitions(int count) {
    partitions = count;
    return this;
  }

  HotFixture withReplicas(int count) {
    replicas = (short) count;
    return this;
  }

  /** The largest record that Kafka takes. */
  HotFixture withLargest(int bytes) {
    largest = bytes;
    return this;
  }

  HotFixture withHeartbeatEvery(Duration every) {
    heartbeatEvery = every;
    return this;
  }

  String slot() {
    return name;
  }

  TopicNames topics() {
    return new TopicNames(name);
  }

  TopicReader topic(String table) {
    return new TopicReader(settings(), topics().table(TableId.parse(table)));
  }

  Settings settings() {
    DatabaseLogin login = login("capture");
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new Settings(
        name,
        new HotSettings(superuser(), login, login("purger")),
        new ArchiveSettings(login, login, login, login),
        new KafkaAccess(
            stack().kafka().bootstrapServers(), partitions, replicas, largest, KafkaSecurity.NONE),
        new Policy(
            roots.stream()
                .map(
                    id ->
                        new RootTable(id, "at", null, Duration.ofDays(90), List.of(), plainNumbers))
                .toList(),
            references,
            ZoneOffset.UTC),
        new CaptureSettings(
            name, "arc", heartbeatEvery, transactionRecords, transactionTime, anyPort, stream),
        new SinkSettings("sink", 1000, 1 << 20, 3, anyPort),
        new PurgeSettings(
            name,
            100,
            1000,
            0,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            anyPort));
  }

  private DatabaseLogin login(String role) {
    String hosts =
        servers.stream()
            .map(host -> host.host() + ":" + host.port())
            .collect(Collectors.joining(","));
    return new DatabaseLogin(
        "jdbc:postgresql://" + hosts + "/" + name, name + "_" + role, passwordFile);
  }

  private DatabaseLogin superuser() {
    return new DatabaseLogin(server.jdbcUrl(name), server.superuser(), server.passwordFile());
  }

  Connection connect() {
    try {
      return superuser().connect("test");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  CaptureService running() {
    return Objects.requireNonNull(capture);
  }

  static KafkaServer kafka() {
    return stack().kafka();
  }

  PostgresServer server() {
    return server;
  }

  /** Runs one statement or several, as one transaction. */
  HotFixture sql(String statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
      return this;
    } catch (SQLException e) {
      throw new IllegalStateException(statements, e);
    }
  }

  @Nullable String value(String query) {
    try {
      return session.with(connection -> first(connection, query)).orElse(null);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private static Optional<String> first(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
    }
  }

  CaptureService start() {
    return start(CaptureOptions.NONE, FailPoint.NONE);
  }

  CaptureService start(CaptureOptions options, FailPoint failPoint) {
    CaptureService started = CaptureService.start(settings(), options, failPoint);
    capture = started;
    return started;
  }

  /** Starts capture and returns when its snapshot is in Kafka and the stream has passed. */
  CaptureService startAndPass() {
    CaptureService started = start();
    awaitPassed();
    return started;
  }

  /** Returns when everything committed so far is in Kafka. */
  void awaitPassed() {
    awaitPassed(Duration.ofMinutes(3));
  }

  void awaitPassed(Duration limit) {
    awaitPassed(capture, slot(), limit);
  }

  /** The same of another capture of this hot database. */
  void awaitPassed(CaptureService other, String slot) {
    awaitPassed(other, slot, Duration.ofMinutes(3));
  }

  private void awaitPassed(@Nullable CaptureService running, String slot, Duration limit) {
    String now = value("SELECT pg_current_wal_insert_lsn()");
    Awaitility.await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (running != null && running.state() instanceof LoopState.Failed failed) {
                throw new IllegalStateException(failed.cause());
              }
              return "t"
                  .equals(
                      value(
                          "SELECT passed_lsn >= '%s' FROM arc.heartbeat WHERE slot = '%s'"
                              .formatted(now, slot)));
            });
  }

  /** The reasons of the open holds of that scope; null: there is none. */
  @Nullable String hold(String scope) {
    return value(
        "SELECT string_agg(reason, ' | ') FROM arc.purge_hold WHERE released_at IS NULL AND scope = '%s'"
            .formatted(scope));
  }

  void stop() {
    CaptureService running = capture;
    if (running != null) {
      running.close();
      capture = null;
      // Hot's process behind the stream takes a moment to end.
      String reading =
          "SELECT count(*)::text FROM pg_replication_slots WHERE slot_name = '%s' AND active";
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> "0".equals(value(reading.formatted(slot()))));
    }
  }

  /** Stops capture and drops the slot, which would keep hot's WAL for good. */
  @Override
  public void close() {
    stop();
    sql(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '%s'"
            .formatted(slot()));
    session.close();
  }
}
