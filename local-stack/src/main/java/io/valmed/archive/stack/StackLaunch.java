package io.valmed.archive.stack;

import io.valmed.archive.stack.kafka.KafkaListener;
import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.kafka.KafkaStorage;
import io.valmed.archive.stack.postgres.PostgresBinaries;
import io.valmed.archive.stack.postgres.PostgresCluster;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.postgres.RunningUser;
import io.valmed.archive.stack.process.FreePorts;
import io.valmed.archive.stack.process.PortTakenException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Brings up the servers of one locked directory: chooses ports, takes leftovers over, starts. */
public final class StackLaunch {

  private static final int ATTEMPTS = 4;

  private final StackDirectory directory;
  private final StackOptions options;
  private final RunningUser user;
  private final PostgresBinaries binaries;
  private final List<String> notes;
  private final FreePorts freePorts = new FreePorts(new SecureRandom());

  /**
   * @param notes what an operator should know is added here
   */
  public StackLaunch(
      StackDirectory directory, StackOptions options, RunningUser user, List<String> notes) {
    this.directory = directory;
    this.options = options;
    this.user = user;
    this.notes = notes;
    List.of("hot", "archive", "kafka").forEach(directory::inside);
    user.checkPostgresCanRun(directory.inside("hot"));
    this.binaries = new PostgresBinaries(System.getenv(), user);
  }

  /** The directory's servers as its state names them; null when it has none yet. */
  public static @Nullable StackServers existing(Path path, RunningUser user) {
    @Nullable StackState state = StackState.readIfThere(path);
    if (state == null) {
      return null;
    }
    PostgresBinaries binaries = new PostgresBinaries(System.getenv(), user);
    return servers(
        path,
        state.clusterId(),
        state.ports(),
        binaries,
        user,
        StackOptions.keptIn(path),
        List.of());
  }

  /**
   * Starts what does not run. On failure what this call has started is stopped again.
   *
   * @param owner who will stop the servers; null: they outlive this process
   */
  public StackServers launch(@Nullable ProcessHandle owner) {
    @Nullable StackServers before = existing(directory.path(), user);
    boolean ranBefore = before != null && before.anyRuns();
    if (before != null && ranBefore) {
      tellLeftovers(before);
      applyHotSettings(before.hot());
    }
    for (int attempt = 1; ; attempt++) {
      StackServers servers = planned();
      servers.state(owner, options.directory() == null).write();
      try {
        servers.startAll();
        servers.state(owner, options.directory() == null).write();
        return servers;
      } catch (RuntimeException e) {
        boolean again = e instanceof PortTakenException && attempt < ATTEMPTS && !asked(e);
        if (!again) {
          if (!ranBefore) {
            servers.stopAll();
            servers.state(null, options.directory() == null).write();
          }
          throw e;
        }
      }
    }
  }

  private boolean asked(RuntimeException e) {
    StackPorts asked = options.ports();
    return e instanceof PortTakenException taken
        && List.of(asked.hot(), asked.archive(), asked.kafka(), asked.controller())
            .contains(taken.port());
  }

  /** A server that runs already would not see settings asked for now. */
  private void applyHotSettings(PostgresServer hot) {
    if (hot.running() && !options.hotSettings().isEmpty()) {
      hot.stop();
      notes.add("Restarted the hot PostgreSQL for " + options.hotSettings().keySet() + ".");
    }
  }

  private void tellLeftovers(StackServers before) {
    @Nullable StackState state = StackState.readIfThere(directory.path());
    String whose =
        state == null || state.owner() == null
            ? "that is already up"
            : "that process " + state.owner() + " left running";
    tellLeftover("hot PostgreSQL", before.hot().running(), whose);
    tellLeftover("archive PostgreSQL", before.archive().running(), whose);
    tellLeftover("Kafka broker", before.kafka().running(), whose);
  }

  private void tellLeftover(String server, boolean running, String whose) {
    if (running) {
      notes.add("Took over the " + server + " " + whose + ".");
    }
  }

  private StackServers planned() {
    @Nullable StackServers before = existing(directory.path(), user);
    StackPorts asked = options.ports();
    StackPorts old = before == null ? StackPorts.FREE : before.ports();
    boolean hotRuns = before != null && before.hot().running();
    boolean archiveRuns = before != null && before.archive().running();
    boolean kafkaRuns = before != null && before.kafka().running();
    StackPorts ports =
        new StackPorts(
            port("hot PostgreSQL", asked.hot(), old.hot(), hotRuns),
            port("archive PostgreSQL", asked.archive(), old.archive(), archiveRuns),
            port("Kafka broker", asked.kafka(), old.kafka(), kafkaRuns),
            port("Kafka controller", asked.controller(), old.controller(), kafkaRuns));
    String clusterId = before == null ? Uuid.randomUuid().toString() : before.clusterId();
    List<KafkaListener> further =
        options.kafkaListeners().entrySet().stream()
            .map(
                listener ->
                    new KafkaListener(listener.getKey(), freePorts.next(), listener.getValue()))
            .toList();
    return servers(directory.path(), clusterId, ports, binaries, user, options, further);
  }

  private int port(String server, int asked, int old, boolean running) {
    if (running) {
      if (asked != 0 && asked != old) {
        notes.add("The " + server + " runs already and stays on port " + old + ".");
      }
      return old;
    }
    if (asked != 0) {
      if (!FreePorts.isFree(asked)) {
        throw new PortTakenException(asked, "the " + server);
      }
      return asked;
    }
    if (old != 0 && FreePorts.isFree(old)) {
      return old;
    }
    int fresh = freePorts.next();
    if (old != 0) {
      notes.add("Port " + old + " is in use by now; the " + server + " moves to " + fresh + ".");
    }
    return fresh;
  }

  private static StackServers servers(
      Path path,
      String clusterId,
      StackPorts ports,
      PostgresBinaries binaries,
      RunningUser user,
      StackOptions options,
      List<KafkaListener> further) {
    boolean hurried = options.directory() == null;
    Map<String, String> hotSettings = new TreeMap<>(options.hotSettings());
    hotSettings.putIfAbsent("wal_level", "logical");
    hotSettings.putIfAbsent("max_slot_wal_keep_size", "-1");
    if (options.verbose()) {
      hotSettings.putIfAbsent("log_min_messages", "info");
    }
    return new StackServers(
        path,
        clusterId,
        ports,
        new PostgresServer(
            new PostgresCluster(
                "hot", path.resolve("hot"), binaries, user, hotSettings, options.tls(), hurried),
            ports.hot()),
        new PostgresServer(
            new PostgresCluster(
                "archive",
                path.resolve("archive"),
                binaries,
                user,
                Map.of(),
                options.tls(),
                hurried),
            ports.archive()),
        new KafkaServer(
            new KafkaStorage(path.resolve("kafka"), clusterId, options.tls(), options.verbose()),
            ports.kafka(),
            ports.controller(),
            further));
  }
}
