package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A server or service whose processes all stand still for a while: it takes, and never answers. */
public final class FrozenServer {
  private FrozenServer() {}

  /** Freezes the process and its children while the deed is done. */
  public static void during(long pid, Runnable deed) {
    try {
      freeze(pid);
      deed.run();
    } finally {
      thaw(pid);
    }
  }

  /** Freezes the process and its children until {@link #thaw}. */
  public static void freeze(long pid) {
    // The parent first, so that no further child comes.
    send("-STOP", List.of(pid));
    send("-STOP", children(pid));
  }

  /** Lets them go on. */
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
      throw new StackException("The signal " + signal + " cannot be sent to a server.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
