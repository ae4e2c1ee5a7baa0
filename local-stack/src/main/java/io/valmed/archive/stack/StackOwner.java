package io.valmed.archive.stack;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which process works on a directory, as its state file says. */
final class StackOwner {

  private StackOwner() {}

  /**
   * Asked before the lock file is opened: POSIX drops a process's lock on a file when the process
   * closes any handle of it, so a second look at our own lock would release it.
   */
  static boolean isThisProcess(Path directory) {
    @Nullable StackState state = StackState.readIfThere(directory);
    return state != null && state.owner() != null && state.owner() == ProcessHandle.current().pid();
  }

  static String describe(Path directory) {
    @Nullable StackState state = StackState.readIfThere(directory);
    return state == null || state.owner() == null ? "another process" : "process " + state.owner();
  }
}
