package io.valmed.archive.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.KeptSession;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.process.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LocalStackTest {

  private static ServerSocket elsewhere;
  private static LocalStack stack;

  @BeforeAll
  static void start() throws IOException {
    elsewhere = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    elsewhere.setSoTimeout(60_000);
    stack =
        LocalStack.start(
            StackOptions.temporary()
                .withHotSetting("max_slot_wal_keep_size", "256MB")
                .withKafkaListener("PROBE", elsewhere.getLocalPort()));
  }

  @AfterAll
  static void stop() throws IOException {
    elsewhere.close();
    stack.close();
    assertThat(stack.directory()).doesNotExist();
    assertThat(stack.hot().running() || stack.archive().running() || stack.kafka().running())
        .isFalse();
  }

  static Stream<PostgresServer> postgresServers() {
    return Stream.of(stack.hot(), stack.archive());
  }

  @Test
  void both_databases_answer() throws SQLException {
    assertThat(answer(stack.hot(), LocalStack.HOT_DATABASE, "select current_database()"))
        .isEqualTo("valmed");
    assertThat(answer(stack.archive(), LocalStack.ARCHIVE_DATABASE, "select current_database()"))
        .isEqualTo("valmed_archive");
  }

  @Test
  void a_kept_session_is_fresh_at_each_use_and_opened_anew_once_it_has_ended() throws SQLException {
    try (KeptSession kept = new KeptSession(() -> stack.hot().connect("postgres"))) {
      String first = kept.with(LocalStackTest::process);
      String nowhere =
          kept.with(session -> only(session, "SELECT set_config('search_path', 'nowhere', false)"));
      assertThat(nowhere).isEqualTo("nowhere");
      String path = kept.with(session -> only(session, "SHOW search_path"));
      assertThat(path).contains("public");
      assertThat(of(kept)).isEqualTo(first);

      String beside = kept.with(inUse -> CompletableFuture.supplyAsync(() -> of(kept)).join());
      assertThat(beside).isNotEqualTo(first);

      answer(stack.hot(), "postgres", "select pg_terminate_backend(" + first + ", 10000)");
      assertThat(of(kept)).isNotEqualTo(first);
    }
  }

  private static String of(KeptSession kept) {
    try {
      return kept.with(LocalStackTest::process);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String process(Connection session) throws SQLException {
    return only(session, "SELECT pg_backend_pid()");
  }

  private static String only(Connection session, String query) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void a_commit_is_on_disk_before_it_is_acknowledged() throws SQLException {
    for (PostgresServer server : postgresServers().toList()) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        assertThat(answer(server, "postgres", "show " + setting)).isEqualTo("on");
      }
    }
  }

  @Test
  void the_hot_database_can_be_captured() throws SQLException {
    try (Connection connection = stack.hot().connect(LocalStack.HOT_DATABASE);
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_create_logical_replication_slot('probe', 'pgoutput')");
      statement.execute("select pg_drop_replication_slot('probe')");
    }
    assertThat(answer(stack.hot(), "postgres", "show max_slot_wal_keep_size")).isEqualTo("256MB");
    assertThat(answer(stack.hot(), "postgres", "show deadlock_timeout")).isEqualTo("1s");
  }

  @Test
  void text_is_utf8_and_sorts_alike_on_every_machine() throws SQLException {
    String sql =
        """
        select pg_encoding_to_char(encoding) || ' ' || datlocale
        from pg_database where datname = current_database()
        """;
    assertThat(answer(stack.hot(), LocalStack.HOT_DATABASE, sql)).isEqualTo("UTF8 C.UTF-8");
    assertThat(answer(stack.archive(), LocalStack.ARCHIVE_DATABASE, sql)).isEqualTo("UTF8 C.UTF-8");
  }

  @Test
  void only_the_owner_reads_the_passwords() throws Exception {
    for (PostgresServer server : postgresServers().toList()) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(server.passwordFile())))
          .isEqualTo("rw-------");
    }
    assertThat(Files.readString(stack.hot().passwordFile()))
        .isNotEqualTo(Files.readString(stack.archive().passwordFile()));
    assertThat(stack.state().toJson())
        .doesNotContain(Files.readString(stack.hot().passwordFile()).strip());
  }

  @Test
  void nobody_enters_without_the_password() {
    for (PostgresServer server : postgresServers().toList()) {
      String url = server.jdbcUrl("postgres");
      assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "wrong"))
          .isInstanceOf(SQLException.class)
          .hasFieldOrPropertyWithValue("SQLState", "28P01");
    }
  }

  @Test
  void a_killed_postgres_comes_back_on_its_port_with_what_was_committed() throws SQLException {
    PostgresServer hot = stack.hot();
    int port = hot.port();
    long pid = hot.pid();
    execute(hot, "create table survivor as select 42 as answer");

    hot.kill();
    assertThat(hot.running()).isFalse();
    hot.start();

    assertThat(hot.port()).isEqualTo(port);
    assertThat(hot.pid()).isNotEqualTo(pid);
    assertThat(answer(hot, LocalStack.HOT_DATABASE, "select answer from survivor")).isEqualTo("42");
  }

  @Test
  void a_killed_broker_comes_back_on_its_port_with_what_was_acknowledged() throws Exception {
    KafkaServer kafka = stack.kafka();
    String address = kafka.bootstrapServers();
    createTopic("survivors");
    produce("survivors", "before");

    kafka.kill();
    assertThat(kafka.running()).isFalse();
    kafka.start();

    assertThat(kafka.bootstrapServers()).isEqualTo(address);
    produce("survivors", "after");
    assertThat(consume("survivors", 2)).containsExactly("before", "after");
  }

  @Test
  void who_comes_in_by_a_door_is_sent_back_by_the_port_it_advertises() throws Exception {
    String listener = "127.0.0.1:" + stack.kafka().listener("PROBE").port();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", listener))) {
      admin.listTopics();

      try (Socket sentBack = elsewhere.accept()) {
        assertThat(sentBack.isConnected()).isTrue();
      }
      admin.close(Duration.ZERO);
    }
    assertThatThrownBy(() -> stack.kafka().listener("NONE"))
        .hasMessageContaining("no listener NONE");
  }

  @Test
  void a_postgres_that_was_stopped_at_once_has_what_was_committed() throws SQLException {
    try (Connection connection = stack.archive().connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create table kept as select 1 as one");

      stack.archive().stopAtOnce();
      assertThat(stack.archive().running()).isFalse();
      stack.archive().start();
    }

    assertThat(answer(stack.archive(), "postgres", "select one from kept")).isEqualTo("1");
  }

  @Test
  void no_topic_comes_into_being_unasked() throws Exception {
    try (Admin admin = admin()) {
      assertThat(admin.describeCluster().nodes().get().size()).isOne();
    }
    try (KafkaConsumer<String, String> consumer = consumer()) {
      assertThat(consumer.partitionsFor("never-made", Duration.ofSeconds(5))).isEmpty();
    }
    try (Admin admin = admin()) {
      assertThat(admin.listTopics().names().get()).doesNotContain("never-made");
    }
  }

  @Test
  void the_servers_write_to_files_and_say_nothing_alarming() throws Exception {
    assertThat(Files.readString(stack.hot().logFile())).doesNotContain("WARNING", "PANIC");
    assertThat(stack.kafka().logFile()).exists();
  }

  private static String answer(PostgresServer server, String database, String sql)
      throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect(LocalStack.HOT_DATABASE);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()));
  }

  private static void createTopic(String topic) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  private static void produce(String topic, String value) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "acks", "all");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  private static KafkaConsumer<String, String> consumer() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            stack.kafka().bootstrapServers(),
            "auto.offset.reset",
            "earliest",
            "allow.auto.create.topics",
            true);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private static List<String> consume(String topic, int count) {
    try (KafkaConsumer<String, String> consumer = consumer()) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      List<String> values = new java.util.ArrayList<>();
      Waiting.until(
          Duration.ofSeconds(20),
          () -> {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
              values.add(record.value());
            }
            return values.size() >= count;
          });
      return values;
    }
  }
}
