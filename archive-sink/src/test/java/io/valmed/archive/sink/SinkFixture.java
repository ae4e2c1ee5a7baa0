package io.valmed.archive.sink;

import static org.awaitility.Awaitility.await;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.Policy;
import io.valmed.archive.model.Positions;
import io.valmed.archive.runtime.DatabaseLogin;
import io.valmed.archive.runtime.KafkaAccess;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.HotSettings;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SinkSettings;
import io.valmed.archive.stack.PostgresServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A fresh archive database, fresh topics, and what a test needs to work with both. */
final class SinkFixture implements AutoCloseable {
  static final int PARTITIONS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Map<String, String> COMPACTED =
      Map.of(
          "cleanup.policy", "compact",
          "retention.ms", "-1",
          "segment.ms", "200",
          "min.cleanable.dirty.ratio", "0.01",
          "max.compaction.lag.ms", "200",
          "delete.retention.ms", "100");

  private final PostgresServer server = SinkStack.get().archive();
  private final String name = "sink" + SinkStack.number();
  private final Settings settings;
  private final Admin admin;
  private final TestCapture capture;
  private final List<SinkService> sinks = new ArrayList<>();
  private final Set<String> topics;

  SinkFixture(Policy policy) throws Exception {
    server.createDatabase(name);
    DatabaseLogin owner =
        new DatabaseLogin(server.jdbcUrl(name), server.superuser(), server.passwordFile());
    Migrations.of(Target.ARCHIVE, owner).up();
    String role = name + "_login";
    run("CREATE ROLE " + role + " LOGIN IN ROLE arc_sink_group PASSWORD '" + password() + "'");
    this.settings = settings(policy, owner, role);
    this.admin = Admin.create(settings.kafka().clientProperties("test"));
    this.topics = new HashSet<>(SinkService.tables(settings).keySet());
    createTopics();
    this.capture =
        new TestCapture(settings.kafka().bootstrapServers(), settings.topics(), PARTITIONS);
  }

  private Settings settings(Policy policy, DatabaseLogin owner, String role) {
    InetSocketAddress health = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    DatabaseLogin sink = new DatabaseLogin(owner.url(), role, owner.passwordFile());
    return new Settings(
        name,
        new HotSettings(owner, owner, owner),
        new ArchiveSettings(owner, sink, owner, owner),
        new KafkaAccess(
            SinkStack.get().kafka().bootstrapServers(), PARTITIONS, (short) 1, 1 << 20, Map.of()),
        policy,
        new CaptureSettings("s", "p", Duration.ofSeconds(1), 1000, Duration.ofSeconds(10), health),
        new SinkSettings(name + "-sink", 50_000, 16L << 20, 1, health),
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

  private void createTopics() throws Exception {
    List<NewTopic> wanted = new ArrayList<>();
    for (String topic : topics) {
      wanted.add(new NewTopic(topic, PARTITIONS, (short) 1).configs(COMPACTED));
    }
    wanted.add(new NewTopic(settings.topics().schema(), 1, (short) 1).configs(COMPACTED));
    admin.createTopics(wanted).all().get();
  }

  /** Holds compaction back, so that the topics are the whole history. */
  void keepEveryRecord() throws Exception {
    List<AlterConfigOp> never = new ArrayList<>();
    for (String lag : List.of("max.compaction.lag.ms", "min.compaction.lag.ms")) {
      never.add(new AlterConfigOp(new ConfigEntry(lag, "86400000"), AlterConfigOp.OpType.SET));
    }
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    topics.forEach(t -> changes.put(new ConfigResource(ConfigResource.Type.TOPIC, t), never));
    admin.incrementalAlterConfigs(changes).all().get();
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

  private SinkService start(String group, int batchRecords, FailPoint failPoint) {
    SinkSettings all = settings.sink();
    SinkSettings changed =
        new SinkSettings(group, batchRecords, all.batchBytes(), all.monthsAhead(), all.health());
    SinkService sink =
        SinkService.start(
            new Settings(
                settings.prefix(),
                settings.hot(),
                settings.archive(),
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

  /** The ends of all table topics once the markers of the last commit have been written. */
  Positions ends() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                ends(IsolationLevel.READ_COMMITTED).equals(ends(IsolationLevel.READ_UNCOMMITTED)));
    return ends(IsolationLevel.READ_COMMITTED);
  }

  private Positions ends(IsolationLevel isolation) throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (String topic : topics) {
      for (int i = 0; i < PARTITIONS; i++) {
        wanted.put(new TopicPartition(topic, i), OffsetSpec.latest());
      }
    }
    Map<String, Long> ends = new HashMap<>();
    admin
        .listOffsets(wanted, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .forEach((p, end) -> ends.put(Positions.partition(p.topic(), p.partition()), end.offset()));
    return Positions.of(ends);
  }

  /** How many records compaction has left in the topic. */
  int records(String topic) {
    Map<String, Object> properties = settings.kafka().clientProperties("test");
    properties.put("isolation.level", "read_committed");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes)) {
      List<TopicPartition> all = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        all.add(new TopicPartition(topic, i));
      }
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      int count = 0;
      while (all.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        count += consumer.poll(Duration.ofMillis(100)).count();
      }
      return count;
    }
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
    Positions ends = ends();
    await().atMost(PATIENCE).until(() -> stored().covers(ends));
  }

  /** Rows as text, columns joined by {@code |}, nulls as {@code ~}. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection = server.connect(name);
        Statement statement = connection.createStatement();
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
    capture.close();
    admin.close();
  }
}
