package io.valmed.archive.stack.postgres;

import io.valmed.archive.stack.process.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Tells whether a process is the server of a directory, and ends it.
 *
 * <p>A pid alone proves nothing, it may belong to another process by now. A process is ours only if
 * its command line names our directory; a zombie has no command line and so counts as dead, which
 * matters in containers whose first process reaps nobody.
 *
 * @param pidFile file whose first line is the server's pid
 * @param mark path that stands on the server's command line
 */
public record OwnServer(Path pidFile, Path mark) {

  /** The servers that a stack's directory may hold. */
  public static List<OwnServer> inDirectory(Path stack) {
    List<OwnServer> servers = new ArrayList<>();
    servers.add(kafka(stack.resolve("kafka")));
    // Standbys lie beside their primaries.
    try (Stream<Path> homes = Files.list(stack)) {
      homes
          .filter(home -> home.getFileName().toString().matches("(hot|archive)(-.*)?"))
          .map(OwnServer::postgres)
          .forEach(servers::add);
    } catch (IOException e) {
      // It is gone, and its servers with it.
    }
    return servers;
  }

  public static OwnServer postgres(Path home) {
    Path data = home.resolve("data");
    return new OwnServer(data.resolve("postmaster.pid"), data);
  }

  public static OwnServer kafka(Path home) {
    return new OwnServer(home.resolve("kafka.pid"), home.resolve("java.args"));
  }

  /** The pid of the running server; empty when there is none. */
  public OptionalLong pid() {
    OptionalLong pid = writtenPid();
    return pid.isPresent() && isOurs(pid.getAsLong()) ? pid : OptionalLong.empty();
  }

  /** The pid in the file, whoever has it by now. */
  public OptionalLong writtenPid() {
    try {
      String first = Files.readString(pidFile).lines().findFirst().orElse("").strip();
      return OptionalLong.of(Long.parseLong(first));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether a line of the pid file is {@code word}; a postmaster writes its status there. */
  public boolean says(String word) {
    try {
      return Files.readString(pidFile).lines().anyMatch(line -> line.strip().equals(word));
    } catch (IOException e) {
      return false;
    }
  }

  public boolean isOurs(long pid) {
    return commandLine(pid).contains(mark.toString());
  }

  /** SIGKILL to the server and all its children; returns when they are gone. */
  public void kill() {
    OptionalLong pid = pid();
    if (pid.isEmpty()) {
      return;
    }
    ProcessHandle server = ProcessHandle.of(pid.getAsLong()).orElse(null);
    if (server == null) {
      return;
    }
    List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
    server.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    all.add(server);
    Waiting.until(
        Duration.ofSeconds(20), () -> all.stream().allMatch(process -> hasEnded(process.pid())));
  }

  /**
   * Whether the process has let go of its ports and files. A dying one loses its command line
   * before that, and a JVM's first thread may be dead before the others.
   */
  public static boolean hasEnded(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      return ProcessHandle.of(pid).isEmpty();
    }
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      return Files.readString(process.resolve("stat")).matches("(?s).*\\) [ZX] .*")
          && threads.count() <= 1;
    } catch (IOException | UncheckedIOException e) {
      return true;
    }
  }

  private static String commandLine(long pid) {
    Path linux = Path.of("/proc", Long.toString(pid), "cmdline");
    if (Files.isDirectory(Path.of("/proc/self"))) {
      try {
        return new String(Files.readAllBytes(linux), StandardCharsets.UTF_8).replace('\0', ' ');
      } catch (IOException e) {
        return "";
      }
    }
    return ProcessHandle.of(pid).flatMap(process -> process.info().commandLine()).orElse("");
  }
}
