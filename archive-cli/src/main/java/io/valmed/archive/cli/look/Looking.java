package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusWatch;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.function.Function;

/** Looks at a status once, or again and again. */
final class Looking {
  private static final Duration FIRST = Duration.ofSeconds(20);
  private static final String CLEAR = "\u001b[H\u001b[2J";

  private Looking() {}

  /**
   * Prints it.
   *
   * @return what the last one tells the shell
   */
  static int at(
      Settings settings, CommonOptions common, boolean watch, Function<Status, String> text)
      throws InterruptedException {
    common.tellFaultsOnly();
    try (StatusWatch status = StatusWatch.startSparing(settings)) {
      if (!watch) {
        Status seen = decided(status);
        print(common, text.apply(seen), false);
        return StatusCommand.code(seen);
      }
      boolean screen = Integer.getInteger("archive.columns", 0) > 0;
      for (int n = 1; ; n++) {
        print(common, text.apply(status.status(n, FIRST)), screen);
      }
    }
  }

  /**
   * One look tells that all is well, but not whether what is behind stands or gets nearer; and an
   * answer that was slow is asked for again.
   */
  private static Status decided(StatusWatch watch) throws InterruptedException {
    Status seen = watch.status(FIRST);
    for (int n = 3; n <= 5 && seen.state() != HopState.OK; n += 2) {
      if (n > 3 && seen.state() == HopState.DOWN) {
        break;
      }
      seen = watch.status(n, FIRST);
    }
    return seen;
  }

  private static void print(CommonOptions common, String text, boolean clear) {
    common.out().println((clear ? CLEAR : "") + text);
    common.out().flush();
  }
}
