package io.valmed.archive.e2e.servers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A PostgreSQL in a container, set as the local stack sets its own. */
record ContainerPostgres(
    PostgreSQLContainer container, InetSocketAddress address, Path passwordFile)
    implements Postgres {
  private static final String IMAGE = "postgres:18.6";
  private static final String SUPERUSER = "postgres";
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final long SHARED_MEMORY = 256L << 20;

  // Testcontainers turns fsync off unless it is told to do something else.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "max_connections", "200",
          "max_wal_senders", "20",
          "max_replication_slots", "20",
          "shared_buffers", "128MB",
          "max_wal_size", "1GB",
          "timezone", "UTC",
          "log_min_messages", "warning",
          "log_min_error_statement", "panic",
          "log_error_verbosity", "terse");

  /**
   * One that is not started yet.
   *
   * @param address at which it will be reached
   * @param settings beyond those that every one has
   */
  static ContainerPostgres of(
      Path passwordFile, InetSocketAddress address, Map<String, String> settings)
      throws IOException {
    String password = UUID.randomUUID().toString();
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password + "\n");
    PostgreSQLContainer container =
        new PostgreSQLContainer(IMAGE)
            .withUsername(SUPERUSER)
            .withPassword(password)
            .withDatabaseName("postgres")
            .withSharedMemorySize(SHARED_MEMORY)
            .withCommand(command(settings))
            // Said by the server that initialises too; awaitAnswer waits for the one that stays.
            .waitingFor(Wait.forLogMessage(".*ready to accept connections.*\\s", 1));
    container.setPortBindings(
        List.of(EnginePorts.published(address, PostgreSQLContainer.POSTGRESQL_PORT)));
    return new ContainerPostgres(container, address, passwordFile);
  }

  private static String[] command(Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(SETTINGS);
    all.putAll(settings);
    List<String> command = new ArrayList<>(List.of("postgres"));
    all.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command.toArray(String[]::new);
  }

  void awaitAnswer() {
    await("PostgreSQL at " + address)
        .atMost(START_LIMIT)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(
            () -> {
              connect("postgres").close();
              return true;
            });
  }

  @Override
  public String superuser() {
    return SUPERUSER;
  }

  @Override
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", container.getPassword());
    properties.setProperty("connectTimeout", "10");
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s"
            .formatted(address.getHostString(), address.getPort(), database),
        properties);
  }

  @Override
  public void createDatabase(String name) {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      // As the local stack's; the image's own locale is none of the tests' business.
      statement.execute(
          """
          CREATE DATABASE %s TEMPLATE template0
            ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'
          """
              .formatted(name));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void freeze() {
    new ContainerDeeds(container).pause();
  }

  @Override
  public void thaw() {
    new ContainerDeeds(container).unpause();
  }

  @Override
  public void kill() {
    new ContainerDeeds(container).end("KILL");
  }

  @Override
  public void stopAtOnce() {
    new ContainerDeeds(container).end("QUIT");
  }

  @Override
  public void start() {
    new ContainerDeeds(container).start();
    awaitAnswer();
  }
}
