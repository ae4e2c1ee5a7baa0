package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.World;
import io.valmed.archive.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Servers of its own with an installation, each service as a process: capture, two sinks, a purge
 * worker. Each goes to each server over a {@link Link}.
 */
final class FaultSite implements AutoCloseable {
  static final int PURGE_TIMEOUT_MILLIS = 4_000;

  /**
   * Services wait up to 15 s between attempts, a lost sink's partitions are given on after 15 s.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final List<String> JVM = List.of("-Xmx192m");

  private final @Nullable SmallDisk disk;
  private final Links links;
  private final Servers servers;
  private final Installation installation;
  private final List<KeptService> ended = new ArrayList<>();
  private @Nullable KeptService capture;
  private List<KeptService> sinks = List.of();
  private @Nullable KeptService purge;

  private FaultSite(
      @Nullable SmallDisk disk, Links links, Servers servers, Installation installation) {
    this.disk = disk;
    this.links = links;
    this.servers = servers;
    this.installation = installation;
  }

  /**
   * Starts the servers and makes the installation; no service runs yet.
   *
   * @param diskMegabytes size of the archive's disk
   */
  static FaultSite build(World world, int diskMegabytes) throws Exception {
    Links links = new Links();
    Servers servers =
        Servers.start(
            links.listeners(StackOptions.temporary()).withHotSetting("wal_sender_timeout", "10s"));
    links.leadTo(servers);
    @Nullable SmallDisk disk = SmallDisk.mountFor(servers, diskMegabytes);
    @Nullable Path archiveDisk = disk == null ? null : disk.data();
    Installation installation =
        Installation.of(
            world,
            new Installation.Place(
                servers, Duration.ofMillis(PURGE_TIMEOUT_MILLIS), archiveDisk, null));
    return new FaultSite(disk, links, servers, installation);
  }

  Installation installation() {
    return installation;
  }

  Servers servers() {
    return servers;
  }

  Links links() {
    return links;
  }

  @Nullable SmallDisk disk() {
    return disk;
  }

  void startServices() throws Exception {
    Path forCapture = installation.settingsFor("capture", links.ofCapture(installation.direct()));
    Path forSink = installation.settingsFor("sink", links.ofSink(installation.direct()));
    capture = kept("capture", forCapture);
    sinks = List.of(kept("sink", forSink), kept("sink", forSink));
    startPurge();
  }

  void startPurge() throws Exception {
    purge = kept("purge", installation.settingsFor("purge", links.ofPurge(installation.direct())));
  }

  private static KeptService kept(String verb, Path settings) {
    return new KeptService(verb, () -> Archive.start(settings, JVM, verb));
  }

  /** The service of that target; one of them where there are several. */
  KeptService service(Target target, int which) {
    @Nullable KeptService found =
        switch (target) {
          case CAPTURE -> capture;
          case SINK -> sinks.get(which % sinks.size());
          case PURGE -> purge;
          default -> null;
        };
    if (found == null) {
      throw new IllegalStateException(target + " does not run");
    }
    return found;
  }

  /**
   * Ends the purge worker in order, purges what may leave to the last row, and waits until the
   * archive has everything.
   */
  void settle() throws Exception {
    awaitArchived();
    KeptService worker = service(Target.PURGE, 0);
    int code = worker.stop();
    ended.add(worker);
    purge = null;
    if (code != 0) {
      throw new AssertionError("purge ended with " + code + "\n" + worker.lastLines());
    }
    Archive.succeed(installation.settingsFile(), "purge", "--once");
    awaitArchived();
  }

  void awaitArchived() {
    new CatchUp(installation).within(PATIENCE, this::lastLines);
  }

  /** What services said when they ended without being killed. */
  List<String> ownEnds() {
    return Stream.concat(services(), ended.stream())
        .flatMap(service -> service.ownEnds().stream())
        .toList();
  }

  private Stream<KeptService> services() {
    return Stream.concat(Stream.of(capture, purge).flatMap(Stream::ofNullable), sinks.stream());
  }

  private String lastLines() {
    return services().map(KeptService::lastLines).collect(Collectors.joining());
  }

  @Override
  public void close() throws IOException {
    services().forEach(KeptService::end);
    links.close();
    servers.close();
    if (disk != null) {
      disk.close();
    }
  }
}
