package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An installation with its services, its application and its ledger, for a few deeds. */
final class Scene implements AutoCloseable {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final List<String> NAMES = List.of("capture", "sink", "purge");

  private final Machines machines;
  private final Programs programs;
  private final StampedWorld world;
  private final Installation installation;
  private final Lives lives = new Lives();
  private final Application application;
  private final StoreCopies copies;
  private final Map<String, Running> services = new LinkedHashMap<>();
  private final Map<String, List<String>> words = new LinkedHashMap<>();

  private Scene(
      Machines machines,
      Programs programs,
      StampedWorld world,
      Installation installation,
      long seed) {
    this.machines = machines;
    this.programs = programs;
    this.world = world;
    this.installation = installation;
    this.application = new Application(world, installation, lives, new Random(seed));
    this.copies = new StoreCopies(machines);
  }

  static Scene of(Machines machines, Programs programs, StampedWorld world, long seed)
      throws Exception {
    Installation installation =
        Installation.of(
            world,
            new Installation.Place(machines.servers(), Duration.ofSeconds(20), null, null),
            programs::succeed);
    return new Scene(machines, programs, world, installation, seed);
  }

  Programs programs() {
    return programs;
  }

  Machines machines() {
    return machines;
  }

  StampedWorld world() {
    return world;
  }

  Installation installation() {
    return installation;
  }

  Lives lives() {
    return lives;
  }

  Application application() {
    return application;
  }

  StoreCopies copies() {
    return copies;
  }

  Path settings() {
    return installation.settingsFile();
  }

  String slot() {
    return installation.settings().capture().slot();
  }

  /** Rows that were there before; starts the services and returns when the archive has all. */
  void begin() throws SQLException {
    application.write(20);
    lives.beginToWatch();
    startServices();
    awaitCaughtUp();
  }

  /** Starts what does not run. */
  void startServices() {
    NAMES.forEach(this::startIfEnded);
  }

  private void startIfEnded(String name) {
    Running service = services.get(name);
    if (service == null || !service.running()) {
      start(name, List.of(name));
    }
  }

  /** Starts the service anew with these words. */
  void start(String name, List<String> with) {
    words.put(name, with);
    Running before = services.get(name);
    if (before != null && before.running()) {
      before.stop();
    } else if (before != null) {
      // What has ended by itself still answers to its probes, as no process would.
      before.close();
    }
    services.put(name, programs.start(settings(), with));
  }

  /** As it was started last, whatever it was asked for then. */
  void startAgain(String name) {
    start(name, words.getOrDefault(name, List.of(name)));
  }

  void stopServices() {
    services.values().parallelStream().filter(Running::running).forEach(Running::stop);
    services.clear();
  }

  /** Services that have ended by themselves, with all that they wrote. */
  Map<String, String> ended() {
    Map<String, String> ended = new LinkedHashMap<>();
    services.forEach(
        (name, service) -> {
          if (!service.running()) {
            ended.put(name, service.output());
          }
        });
    return ended;
  }

  /** What running services warn of. */
  List<String> warnings() {
    return services.values().stream()
        .filter(Running::running)
        .flatMap(service -> service.output().lines())
        .filter(line -> line.contains(" WARN "))
        .toList();
  }

  /** The last lines of every service. */
  String logs() {
    List<String> all = new ArrayList<>();
    services.forEach(
        (name, service) -> {
          List<String> lines = service.output().lines().toList();
          all.add("== " + name);
          all.addAll(lines.subList(Math.max(0, lines.size() - 12), lines.size()));
        });
    return String.join("\n", all);
  }

  /** Whether the archive has all that hot has, or gets it within a short while. */
  boolean caughtUp(Duration patience) {
    try {
      new CatchUp(installation).within(patience, () -> "");
      return true;
    } catch (Exception | AssertionError e) {
      return false;
    }
  }

  void awaitCaughtUp() {
    if (!caughtUp(LONG)) {
      throw new IllegalStateException("the archive does not catch up\n" + logs());
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    services.values().forEach(Running::close);
    copies.forget();
    if (machines.shared()) {
      installation.close();
      dropArchive();
    }
    machines.close();
  }

  private void dropArchive() throws SQLException {
    String name = installation.settings().topics().prefix();
    try (Connection archive = machines.archive().connect("postgres");
        Statement statement = archive.createStatement()) {
      statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
    }
  }
}
