package io.valmed.archive.stack;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which process works on a directory, as its state file says. */
public final class StackOwner {

  private StackOwner() {}

  /**
   * Asked before the lock file is opened: POSIX drops a process's lock on a file when the process
   * closes any handle of it, so a second look at our own lock would release it.
   */
  public static boolean isThisProcess(Path directory) {
    @Nullable StackState state = StackState.readIfThere(directory);
    return state != null
        && state.owner() != null
        && state.owner() == ProcessHandle.current().pid()
        && startOf(ProcessHandle.current()).equals(state.ownerStarted());
  }

  /** In a container every run may have the same pid; only the start tells them apart. */
  public static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  /** The owner that a state names; null when it is gone or there is none. */
  public static @Nullable ProcessHandle alive(StackState state) {
    @Nullable Long pid = state.owner();
    @Nullable ProcessHandle process = pid == null ? null : ProcessHandle.of(pid).orElse(null);
    return process != null && startOf(process).equals(state.ownerStarted()) ? process : null;
  }

  public static String describe(Path directory) {
    @Nullable StackState state = StackState.readIfThere(directory);
    return state == null || state.owner() == null ? "another process" : "process " + state.owner();
  }
}
