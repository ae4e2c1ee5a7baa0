package io.valmed.archive.stack.postgres;

import io.valmed.archive.stack.Secrets;
import io.valmed.archive.stack.StackException;
import io.valmed.archive.stack.StackState;
import io.valmed.archive.stack.process.Command;
import io.valmed.archive.stack.process.FreePorts;
import io.valmed.archive.stack.process.PortTakenException;
import io.valmed.archive.stack.process.ServerLog;
import io.valmed.archive.stack.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;

/** One PostgreSQL server: a postmaster and its children, apart from this process. */
public final class PostgresServer {

  private static final String HOST = "127.0.0.1";
  private static final String START_SECONDS = "600";
  private static final Duration START_LIMIT = Duration.ofSeconds(630);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private final PostgresCluster cluster;
  private final int port;
  private final OwnServer process;

  public PostgresServer(PostgresCluster cluster, int port) {
    this.cluster = cluster;
    this.port = port;
    this.process = OwnServer.postgres(cluster.home());
  }

  public PostgresCluster cluster() {
    return cluster;
  }

  public String host() {
    return HOST;
  }

  /** The same for as long as this object lives, across restarts. */
  public int port() {
    return port;
  }

  public String superuser() {
    return PostgresCluster.SUPERUSER;
  }

  /** File of mode 600 whose first line is the superuser's password. */
  public Path passwordFile() {
    return cluster.passwordFile();
  }

  /** JDBC URL without user and password. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
  }

  public Path dataDirectory() {
    return cluster.data();
  }

  public Path logFile() {
    return cluster.home().resolve("postgres.log");
  }

  /**
   * The postmaster's pid.
   *
   * @throws StackException when the server does not run
   */
  public long pid() {
    return process
        .pid()
        .orElseThrow(
            () -> new StackException("The " + cluster.name() + " PostgreSQL does not run."));
  }

  public boolean running() {
    return process.pid().isPresent();
  }

  /** Starts the server and returns when it answers, recovery included; no effect if it runs. */
  public void start() {
    if (running()) {
      awaitLeftover();
      return;
    }
    cluster.prepare();
    forgetForeignPid();
    if (!FreePorts.isFree(port)) {
      throw new PortTakenException(port, "the " + cluster.name() + " PostgreSQL");
    }
    cluster.configure(port);
    ServerLog log = ServerLog.fromHere(logFile());
    Command.Outcome outcome =
        cluster.run(
            "pg_ctl.out",
            START_LIMIT,
            List.of(
                "pg_ctl",
                "-D",
                cluster.data().toString(),
                "-l",
                logFile().toString(),
                "-w",
                "-t",
                START_SECONDS,
                "start"));
    if (!outcome.ok()) {
      throw log.whyNotStarted("the " + cluster.name() + " PostgreSQL", port);
    }
    refuseUnsafeSettings();
  }

  /** An earlier process may have died while its server was still recovering. */
  private void awaitLeftover() {
    ServerLog log = ServerLog.fromHere(logFile());
    if (!Waiting.until(START_LIMIT, this::answersOrEnded) || !running()) {
      throw log.whyNotStarted("the " + cluster.name() + " PostgreSQL", port);
    }
    refuseUnsafeSettings();
  }

  private boolean answersOrEnded() {
    return process.says("ready") || process.says("standby") || !running();
  }

  /**
   * A server that was killed leaves its pid behind; PostgreSQL would not start while any other
   * process bears that number.
   */
  private void forgetForeignPid() {
    OptionalLong written = process.writtenPid();
    if (written.isPresent() && ProcessHandle.of(written.getAsLong()).isPresent()) {
      try {
        Files.deleteIfExists(process.pidFile());
      } catch (IOException e) {
        throw new StackException(process.pidFile() + " cannot be deleted; delete it by hand.", e);
      }
    }
  }

  private void refuseUnsafeSettings() {
    String sql =
        """
        select name, setting from pg_settings
        where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting <> 'on'
        """;
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (rows.next()) {
        throw new StackException(
            "The "
                + cluster.name()
                + " PostgreSQL runs with "
                + rows.getString(1)
                + " = "
                + rows.getString(2)
                + "; undo that (ALTER SYSTEM RESET "
                + rows.getString(1)
                + ").");
      }
    } catch (SQLException e) {
      throw new StackException(
          "The "
              + cluster.name()
              + " PostgreSQL at port "
              + port
              + " does not let its superuser in ("
              + e.getMessage()
              + "); restore "
              + passwordFile()
              + " or start with another directory.",
          e);
    }
  }

  /**
   * Fast shutdown: clients are cut off, everything is written. If a replication client holds it up,
   * the server is stopped at once and recovers at the next start.
   */
  public void stop() {
    if (!running()) {
      return;
    }
    if (!stop("fast").ok() && running() && !stop("immediate").ok()) {
      process.kill();
    }
  }

  /**
   * Immediate shutdown: every session is cut off, nothing is written; the next start recovers from
   * the WAL.
   */
  public void stopAtOnce() {
    if (running() && !stop("immediate").ok()) {
      process.kill();
    }
  }

  private Command.Outcome stop(String mode) {
    List<String> call =
        List.of("pg_ctl", "-D", cluster.data().toString(), "-m", mode, "-w", "-t", "20", "stop");
    return cluster.run("pg_ctl.out", STOP_LIMIT, call);
  }

  /** SIGKILL to the postmaster and all its children, as a power cut; returns when they are gone. */
  public void kill() {
    process.kill();
  }

  /** Stops and starts on the same port. */
  public void restart() {
    stop();
    start();
  }

  /** Creates the database unless it is there. */
  public void createDatabase(String name) {
    try (Connection connection = connect("postgres")) {
      if (!databaseExists(connection, name)) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("create database \"" + name.replace("\"", "\"\"") + "\"");
        }
      }
    } catch (SQLException e) {
      throw new StackException(
          "The database " + name + " cannot be made (" + e.getMessage() + ").", e);
    }
  }

  private static boolean databaseExists(Connection connection, String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select 1 from pg_database where datname = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** A connection as superuser, in auto-commit mode. */
  public Connection connect(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", superuser());
    properties.setProperty("password", Secrets.read(passwordFile()));
    properties.setProperty("ApplicationName", "local-stack");
    properties.setProperty("connectTimeout", "10");
    if (cluster.tls() != null) {
      cluster.tls().addToJdbc(properties);
    }
    return DriverManager.getConnection(jdbcUrl(database), properties);
  }

  public StackState.Postgres state(String database) {
    OptionalLong pid = process.pid();
    return new StackState.Postgres(
        pid.isPresent() ? pid.getAsLong() : null,
        HOST,
        port,
        superuser(),
        database,
        jdbcUrl(database),
        passwordFile().toString(),
        dataDirectory().toString(),
        logFile().toString());
  }
}
