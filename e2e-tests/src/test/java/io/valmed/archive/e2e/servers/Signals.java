package io.valmed.archive.e2e.servers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Freezes a process with all its children, and thaws them. */
public final class Signals {
  private Signals() {}

  public static void freeze(long pid) {
    // The parent first, so that no further child comes.
    send("-STOP", List.of(pid));
    send("-STOP", children(pid));
  }

  public static void thaw(long pid) {
    send("-CONT", children(pid));
    send("-CONT", List.of(pid));
  }

  private static List<Long> children(long pid) {
    return ProcessHandle.of(pid)
        .map(process -> process.descendants().map(ProcessHandle::pid).toList())
        .orElse(List.of());
  }

  private static void send(String signal, List<Long> pids) {
    if (pids.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(List.of("kill", signal));
    pids.forEach(pid -> command.add(pid.toString()));
    try {
      // A child may have ended meanwhile: its exit code says nothing.
      int unused =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
