package io.valmed.archive.stack.postgres;

import io.valmed.archive.stack.Secrets;
import io.valmed.archive.stack.StackDirectory;
import io.valmed.archive.stack.StackException;
import io.valmed.archive.stack.StackTls;
import io.valmed.archive.stack.process.Command;
import io.valmed.archive.stack.process.ServerLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL data directory and the settings it runs with.
 *
 * @param name "hot" or "archive", for messages
 * @param home the server's directory: data, password, logs
 * @param binaries the programs
 * @param user who runs them
 * @param settings what goes into {@code stack.conf}
 * @param tls with which it proves who it is; null: it speaks without encryption
 * @param hurried initdb need not flush: the data are lost with the machine anyway
 */
public record PostgresCluster(
    String name,
    Path home,
    PostgresBinaries binaries,
    RunningUser user,
    Map<String, String> settings,
    @Nullable StackTls tls,
    boolean hurried) {

  public static final String SUPERUSER = "postgres";

  private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);

  /** For both: safe on a crash, modest on a small machine, no row's value in the log. */
  public static final Map<String, String> COMMON =
      Map.ofEntries(
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("listen_addresses", "127.0.0.1"),
          Map.entry("unix_socket_directories", ""),
          Map.entry("password_encryption", "scram-sha-256"),
          Map.entry("max_connections", "200"),
          Map.entry("max_wal_senders", "20"),
          Map.entry("max_replication_slots", "20"),
          Map.entry("max_prepared_transactions", "10"),
          Map.entry("shared_buffers", "128MB"),
          Map.entry("max_wal_size", "1GB"),
          Map.entry("timezone", "UTC"),
          Map.entry("log_timezone", "UTC"),
          Map.entry("log_min_messages", "warning"),
          Map.entry("log_min_error_statement", "panic"),
          Map.entry("log_error_verbosity", "terse"));

  public Path data() {
    return home.resolve("data");
  }

  public Path passwordFile() {
    return home.resolve("password");
  }

  /** Makes the data directory unless it is there; refuses one of another major version. */
  public void prepare() {
    try {
      if (Files.exists(data())) {
        checkVersion();
      } else {
        initialise();
      }
    } catch (IOException e) {
      throw new StackException(
          "The data directory " + data() + " cannot be prepared (" + e.getMessage() + ").", e);
    }
  }

  private void checkVersion() throws IOException {
    Path file = data().resolve("PG_VERSION");
    if (!Files.exists(file)) {
      throw new StackException(
          data() + " is not a PostgreSQL data directory; remove it or choose another directory.");
    }
    String there = Files.readString(file).strip();
    String ours = majorVersion();
    if (!there.equals(ours)) {
      throw new StackException(
          "The data directory "
              + data()
              + " is PostgreSQL "
              + there
              + "'s and this stack runs "
              + ours
              + "; carry it over with pg_dump from a server of its version, or choose another"
              + " directory.");
    }
    if (!Files.isReadable(passwordFile())) {
      Secrets.read(passwordFile());
    }
  }

  private String majorVersion() {
    String version = run("version.out", INITDB_LIMIT, List.of("postgres", "-V")).lastLine();
    return version.replaceFirst("^\\D*(\\d+).*$", "$1");
  }

  private void initialise() throws IOException {
    Path fresh = home.resolve("data.new");
    StackDirectory.deleteAll(fresh);
    Secrets.generate(passwordFile());
    List<String> initdb =
        new ArrayList<>(
            List.of(
                "initdb",
                "-D",
                fresh.toString(),
                "-U",
                SUPERUSER,
                "--pwfile=" + passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions"));
    if (hurried) {
      initdb.add("--no-sync");
    }
    Command.Outcome outcome = run("initdb.out", INITDB_LIMIT, initdb);
    if (!outcome.ok()) {
      throw new ServerLog(home.resolve("initdb.out"), 0)
          .whyNotStarted("the new " + name + " PostgreSQL", 0);
    }
    Files.writeString(
        fresh.resolve("postgresql.conf"),
        "\ninclude_if_exists = 'stack.conf'\n",
        StandardOpenOption.APPEND);
    Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes the settings anew, so that a kept directory follows the product. */
  public void configure(int port) {
    Map<String, String> all = new TreeMap<>(COMMON);
    all.putAll(settings);
    all.put("port", Integer.toString(port));
    Path file = data().resolve("stack.conf");
    try {
      if (tls != null) {
        all.putAll(tls.postgresSettings(home));
      }
      Files.writeString(file, text(all));
    } catch (IOException e) {
      throw new StackException(
          file + " cannot be written (" + e.getMessage() + "); make room or give write access.", e);
    }
  }

  private static String text(Map<String, String> all) {
    StringBuilder text = new StringBuilder("# Written at every start of the local stack.\n");
    all.forEach(
        (key, value) ->
            text.append(key).append(" = '").append(value.replace("'", "''")).append("'\n"));
    return text.toString();
  }

  /** Runs one of PostgreSQL's programs as PostgreSQL allows. */
  public Command.Outcome run(String outputName, Duration limit, List<String> call) {
    List<String> command = new ArrayList<>(user.postgresPrefix());
    command.add(binaries.program(call.get(0)).toString());
    command.addAll(call.subList(1, call.size()));
    return Command.run(home, outputName, limit, command);
  }
}
