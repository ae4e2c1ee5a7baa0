package io.valmed.archive.stack;

import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.OwnServer;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.postgres.RunningUser;
import io.valmed.archive.stack.process.Watchdog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A hot PostgreSQL, an archive PostgreSQL and a Kafka broker on this machine. */
public final class LocalStack implements AutoCloseable {

  /** The database made in the hot PostgreSQL. */
  public static final String HOT_DATABASE = "valmed";

  /** The database made in the archive PostgreSQL. */
  public static final String ARCHIVE_DATABASE = "valmed_archive";

  private final StackDirectory directory;
  private final StackServers servers;
  private final @Nullable Watchdog watchdog;
  private final boolean stopAtClose;
  private final List<String> notes;
  private boolean closed;

  private LocalStack(
      StackDirectory directory,
      StackServers servers,
      @Nullable Watchdog watchdog,
      boolean stopAtClose,
      List<String> notes) {
    this.directory = directory;
    this.servers = servers;
    this.watchdog = watchdog;
    this.stopAtClose = stopAtClose;
    this.notes = List.copyOf(notes);
  }

  /**
   * Starts all three, or takes over those of the directory that run, and returns when they answer.
   * Servers that {@link #up} left running are used and left running at {@link #close}.
   *
   * <p>A temporary stack ends with this process, however it ends. A kept one is left running by a
   * process that ends without {@link #close}, for the next start to take over.
   *
   * @throws StackException what is wrong and how to put it right; nothing is left running then
   */
  public static LocalStack start(StackOptions options) {
    RunningUser user = RunningUser.current();
    StackLeftovers.sweep(user, StackDirectory.temporaryParent());
    @Nullable Path kept = options.directory();
    StackDirectory directory =
        kept == null ? StackDirectory.temporary() : StackDirectory.kept(kept, user);
    List<String> notes = new ArrayList<>();
    @Nullable Watchdog watchdog = null;
    try {
      boolean wasUp = isUp(directory.path(), user);
      watchdog = kept == null ? Watchdog.over(directory.path()) : null;
      StackServers servers =
          new StackLaunch(directory, options, user, notes)
              .launch(wasUp ? null : ProcessHandle.current());
      return new LocalStack(directory, servers, watchdog, !wasUp, notes);
    } catch (RuntimeException e) {
      // A temporary directory stays for its logs; the next start sweeps it.
      if (watchdog != null) {
        watchdog.close();
      }
      directory.close();
      throw e;
    }
  }

  /** As {@link #up(StackOptions, List)} with free ports and nobody to tell what was done. */
  public static StackState up(Path directory) {
    return up(StackOptions.keptIn(directory), new ArrayList<>());
  }

  /**
   * Starts all three and leaves them running after this process, until {@link #down}. Adds to
   * {@code notes} what an operator should know.
   */
  public static StackState up(StackOptions options, List<String> notes) {
    @Nullable Path kept = options.directory();
    if (kept == null) {
      throw new StackException("A stack that is to stay up needs a directory; name one.");
    }
    RunningUser user = RunningUser.current();
    StackLeftovers.sweep(user, StackDirectory.temporaryParent());
    try (StackDirectory directory = StackDirectory.kept(kept, user)) {
      return new StackLaunch(directory, options, user, notes).launch(null).state(null, false);
    }
  }

  /**
   * What the directory's stack is and which of its servers run. Changes nothing.
   *
   * @throws StackException when there is no stack in the directory
   */
  public static StackState status(Path directory) {
    Path path = existingPath(directory);
    @Nullable StackState written = StackState.readIfThere(path);
    StackServers servers = servers(path);
    @Nullable ProcessHandle owner = written == null ? null : StackOwner.alive(written);
    return servers.state(owner, written != null && written.temporary());
  }

  /**
   * Stops the directory's servers; its data stay.
   *
   * @throws StackException when there is no stack in the directory, or another process uses it
   */
  public static StackState down(Path directory) {
    Path path = existingPath(directory);
    try (StackDirectory locked = StackDirectory.kept(path, RunningUser.current())) {
      StackServers servers = servers(locked.path());
      servers.stopAll();
      StackState state = servers.state(null, false);
      state.write();
      return state;
    }
  }

  private static Path existingPath(Path directory) {
    try {
      Path path = directory.toRealPath();
      if (StackState.readIfThere(path) != null) {
        return path;
      }
    } catch (IOException e) {
      // Not there, or not to be seen: told below.
    }
    throw new StackException(
        "There is no local stack in " + directory + "; name the directory it was started with.");
  }

  private static StackServers servers(Path directory) {
    @Nullable StackServers servers = StackLaunch.existing(directory, RunningUser.current());
    if (servers == null) {
      throw new StackException("The local stack in " + directory + " is gone; start it anew.");
    }
    return servers;
  }

  private static boolean isUp(Path directory, RunningUser user) {
    @Nullable StackState written = StackState.readIfThere(directory);
    @Nullable StackServers servers = StackLaunch.existing(directory, user);
    return written != null && written.owner() == null && servers != null && servers.anyRuns();
  }

  public PostgresServer hot() {
    return servers.hot();
  }

  public PostgresServer archive() {
    return servers.archive();
  }

  public KafkaServer kafka() {
    return servers.kafka();
  }

  public Path directory() {
    return directory.path();
  }

  /** What an operator should know: leftovers taken over, ports that had to change. */
  public List<String> notes() {
    return notes;
  }

  /** What is in the directory and which servers run now. */
  public StackState state() {
    return servers.state(stopAtClose ? ProcessHandle.current() : null, watchdog != null);
  }

  /** Stops all three, unless {@link #up} had started them; removes a temporary directory. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (stopAtClose) {
        servers.stopAll();
      }
      if (watchdog != null) {
        // A standby that nobody has closed.
        OwnServer.inDirectory(directory.path()).forEach(OwnServer::kill);
        StackDirectory.deleteAll(directory.path());
      } else if (Files.isDirectory(directory.path())) {
        servers.state(null, false).write();
      }
    } finally {
      if (watchdog != null) {
        watchdog.close();
      }
      directory.close();
    }
  }
}
