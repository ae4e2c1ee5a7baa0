package io.valmed.archive.bench.ground;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.TableId;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/** One run's databases, topics and settings, of one name. */
public final class Site implements AutoCloseable {
  public static final TableId ORDERS = TableId.parse("public.medication_orders");
  public static final TableId ADMINISTRATIONS = TableId.parse("public.medication_administrations");

  private final LocalStack stack;
  private final String name;
  private final Path directory;
  private final Path settingsFile;
  private final Settings settings;

  private Site(LocalStack stack, String name, Path directory) throws IOException {
    this.stack = stack;
    this.name = name;
    this.directory = directory;
    this.settingsFile = directory.resolve("archive.yaml");
    for (String role : List.of("capture", "hot-purger", "sink", "archive-purger", "reader")) {
      Path secret = directory.resolve(role + ".password");
      Files.createFile(
          secret,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(secret, UUID.randomUUID() + "\n");
    }
    Files.writeString(settingsFile, SiteSettings.text(stack, name));
    this.settings = SettingsReader.read(settingsFile, Map.of());
  }

  static Site make(LocalStack stack, String name) throws IOException, SQLException {
    Path directory = Files.createDirectories(stack.directory().resolve("sites").resolve(name));
    Site site = new Site(stack, name, directory);
    try (Connection connection = stack.hot().connect("postgres")) {
      Answers.run(
          connection,
          "CREATE DATABASE " + name + " TEMPLATE " + HotTemplate.NAME + " STRATEGY FILE_COPY");
    }
    stack.archive().createDatabase(name);
    return site;
  }

  void provision() throws SQLException {
    Migrations.of(Target.HOT, settings.hot().migrator()).up();
    Migrations.of(Target.ARCHIVE, settings.archive().migrator()).up();
    new HotProvisioning(settings).apply();
    new ArchiveProvisioning(settings).apply();
  }

  public String name() {
    return name;
  }

  public Settings settings() {
    return settings;
  }

  public Path settingsFile() {
    return settingsFile;
  }

  /** Where settings and logs are. */
  public Path directory() {
    return directory;
  }

  public PostgresServer hotServer() {
    return stack.hot();
  }

  public PostgresServer archiveServer() {
    return stack.archive();
  }

  /** A connection as the hot server's superuser. */
  public Connection hot() throws SQLException {
    return stack.hot().connect(name);
  }

  /** A connection as the archive server's superuser. */
  public Connection archive() throws SQLException {
    return stack.archive().connect(name);
  }

  /** A client of the broker. */
  public Properties kafka(String client) {
    Properties properties = new Properties();
    properties.putAll(settings.kafka().clientProperties(client));
    return properties;
  }

  /** Where an order's rows go on their way. */
  public List<String> topics() {
    return List.of(settings.topics().table(ORDERS), settings.topics().table(ADMINISTRATIONS));
  }

  /** Whether someone reads from the slot. */
  public boolean slotActive(String slot) throws SQLException {
    try (Connection connection = hot()) {
      return Answers.number(
              connection,
              "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '"
                  + slot
                  + "'")
          == 1;
    }
  }

  /** Takes everything away again, so that it does not burden the next run. */
  @Override
  public void close() throws SQLException {
    try (Admin admin = Admin.create(kafka("bench"))) {
      Set<String> mine =
          admin.listTopics().names().toCompletionStage().toCompletableFuture().join().stream()
              .filter(topic -> topic.startsWith(name + "."))
              .collect(Collectors.toSet());
      admin.deleteTopics(mine).all().toCompletionStage().toCompletableFuture().join();
    }
    try (Connection connection = stack.hot().connect("postgres")) {
      dropSlots(connection);
      Answers.run(connection, "DROP DATABASE " + name + " WITH (FORCE)");
    }
    try (Connection connection = stack.archive().connect("postgres")) {
      Answers.run(connection, "DROP DATABASE " + name + " WITH (FORCE)");
    }
  }

  private void dropSlots(Connection connection) throws SQLException {
    Answers.run(
        connection,
        """
        DO $$ BEGIN
          PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = '%1$s' AND active;
          FOR i IN 1..200 LOOP
            EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE database = '%1$s' AND active);
            PERFORM pg_sleep(0.05);
          END LOOP;
        END $$
        """
            .formatted(name));
    Answers.run(
        connection,
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '%s'"
            .formatted(name));
  }
}
