package io.valmed.archive.stack.kafka;

import io.valmed.archive.stack.StackException;
import io.valmed.archive.stack.StackState;
import io.valmed.archive.stack.postgres.OwnServer;
import io.valmed.archive.stack.process.FreePorts;
import io.valmed.archive.stack.process.PortTakenException;
import io.valmed.archive.stack.process.ServerLog;
import io.valmed.archive.stack.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** One Kafka broker that is its own controller, in a JVM of its own. */
public final class KafkaServer {

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final KafkaStorage storage;
  private final int port;
  private final int controllerPort;
  private final List<KafkaListener> further;
  private final OwnServer process;

  public KafkaServer(
      KafkaStorage storage, int port, int controllerPort, List<KafkaListener> further) {
    this.storage = storage;
    this.port = port;
    this.controllerPort = controllerPort;
    this.further = List.copyOf(further);
    this.process = OwnServer.kafka(storage.home());
  }

  /** Stays the same for as long as this object lives, across restarts. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /**
   * A further listener that was asked for.
   *
   * @throws StackException when there is none of that name
   */
  public KafkaListener listener(String name) {
    return further.stream()
        .filter(listener -> listener.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new StackException("The broker has no listener " + name + "."));
  }

  public Path dataDirectory() {
    return storage.data();
  }

  public Path logFile() {
    return storage.home().resolve("kafka.log");
  }

  /**
   * The broker's pid.
   *
   * @throws StackException when it does not run
   */
  public long pid() {
    return process.pid().orElseThrow(() -> new StackException("The Kafka broker does not run."));
  }

  public boolean running() {
    return process.pid().isPresent();
  }

  /** Starts the broker and returns when it serves clients; no effect if it runs. */
  public void start() {
    if (running()) {
      awaitLeftover();
      return;
    }
    List<Integer> listeners = new ArrayList<>(List.of(port, controllerPort));
    further.forEach(listener -> listeners.add(listener.port()));
    for (int listener : listeners) {
      if (!FreePorts.isFree(listener)) {
        throw new PortTakenException(listener, "the Kafka broker");
      }
    }
    storage.prepare(port, controllerPort, further);
    ServerLog log = ServerLog.fromHere(logFile());
    Process child = launch();
    boolean ended =
        Waiting.until(START_LIMIT, () -> Files.exists(storage.readyFile()) || !child.isAlive());
    if (!ended || !child.isAlive()) {
      child.destroyForcibly();
      throw log.whyNotStarted("the Kafka broker", port);
    }
  }

  /** An earlier process may have died while its broker was still starting. */
  private void awaitLeftover() {
    ServerLog log = ServerLog.fromHere(logFile());
    if (!Waiting.until(START_LIMIT, () -> Files.exists(storage.readyFile()) || !running())
        || !running()) {
      throw log.whyNotStarted("the Kafka broker", port);
    }
  }

  private Process launch() {
    List<String> command = new ArrayList<>();
    Path setsid = Path.of("/usr/bin/setsid");
    if (Files.isExecutable(setsid)) {
      // A session of its own: Ctrl-C in the operator's terminal is not meant for the broker.
      command.add(setsid.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + storage.argumentFile());
    try {
      Files.deleteIfExists(storage.readyFile());
      Process child =
          new ProcessBuilder(command)
              .directory(storage.home().toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
              .start();
      Files.writeString(process.pidFile(), child.pid() + "\n");
      return child;
    } catch (IOException e) {
      throw new StackException("The Kafka broker cannot be launched: " + e.getMessage(), e);
    }
  }

  /** SIGTERM; SIGKILL if the broker does not leave. Returns when it is gone. */
  public void stop() {
    OptionalLong pid = process.pid();
    if (pid.isEmpty()) {
      return;
    }
    ProcessHandle.of(pid.getAsLong()).ifPresent(ProcessHandle::destroy);
    if (!Waiting.until(STOP_LIMIT, () -> OwnServer.hasEnded(pid.getAsLong()))) {
      process.kill();
    }
  }

  /** SIGKILL; returns when the broker is gone. */
  public void kill() {
    process.kill();
  }

  public StackState.Kafka state() {
    OptionalLong pid = process.pid();
    return new StackState.Kafka(
        pid.isPresent() ? pid.getAsLong() : null,
        bootstrapServers(),
        port,
        controllerPort,
        dataDirectory().toString(),
        logFile().toString());
  }
}
