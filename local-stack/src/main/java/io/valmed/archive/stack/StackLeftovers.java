package io.valmed.archive.stack;

import io.valmed.archive.stack.postgres.OwnServer;
import io.valmed.archive.stack.postgres.RunningUser;
import io.valmed.archive.stack.process.Watchdog;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Temporary stacks whose owner died together with its {@link Watchdog}: the next start ends their
 * servers and removes them. Their lock being free proves that nobody owns them.
 */
public final class StackLeftovers {

  private StackLeftovers() {}

  public static void sweep(RunningUser user, Path parent) {
    try (DirectoryStream<Path> candidates =
        Files.newDirectoryStream(parent, StackDirectory.TEMPORARY_PREFIX + "*")) {
      for (Path candidate : candidates) {
        sweepOne(candidate, user);
      }
    } catch (IOException e) {
      // Nothing can be swept here; the start itself will say what is wrong with the directory.
    }
  }

  private static void sweepOne(Path candidate, RunningUser user) {
    try {
      if (!user.owns(candidate)
          || !Files.exists(candidate.resolve(StackDirectory.LOCK))
          || StackOwner.isThisProcess(candidate)) {
        return;
      }
      try (@Nullable StackDirectory locked = StackDirectory.tryLock(candidate.toRealPath())) {
        if (locked != null) {
          OwnServer.inDirectory(locked.path()).forEach(OwnServer::kill);
          StackDirectory.deleteAll(locked.path());
        }
      }
    } catch (IOException | StackException e) {
      // Somebody else is at it, or it is gone: no reason not to start.
    }
  }
}
