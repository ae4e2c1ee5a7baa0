package io.valmed.archive.stack.postgres;

import com.sun.security.auth.module.UnixSystem;
import io.valmed.archive.stack.StackException;
import io.valmed.archive.stack.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Who runs this, and how PostgreSQL, which refuses to run as root, is run nevertheless.
 *
 * @param uid the numeric user id
 */
public record RunningUser(long uid) {

  public static RunningUser current() {
    return new RunningUser(new UnixSystem().getUid());
  }

  public boolean owns(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:uid")).longValue() == uid;
  }

  /**
   * What to put before a PostgreSQL program. As root: a user namespace without a mapping, in which
   * the server sees itself as nobody, while its files stay root's and its pids stay the same.
   */
  public List<String> postgresPrefix() {
    return uid == 0 ? List.of("unshare", "-U") : List.of();
  }

  /** Says early, and in words, that root may not make user namespaces here. */
  public void checkPostgresCanRun(Path scratch) {
    if (uid != 0) {
      return;
    }
    Command.Outcome tried;
    try {
      tried =
          Command.run(
              scratch, "unshare.out", Duration.ofSeconds(10), List.of("unshare", "-U", "true"));
    } catch (StackException e) {
      throw rootRefused(String.valueOf(e.getMessage()));
    }
    if (!tried.ok()) {
      throw rootRefused(tried.lastLine());
    }
  }

  private static StackException rootRefused(String why) {
    return new StackException(
        "PostgreSQL does not run as root and 'unshare -U' is not possible here ("
            + why
            + "); run as an ordinary user.");
  }
}
