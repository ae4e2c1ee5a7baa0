package io.valmed.archive.demo;

import io.valmed.archive.runtime.StopException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for the pipeline, as long as it gets on. */
final class Watch {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long EVERY_MILLIS = 200;

  private final Pipeline pipeline;

  Watch(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * What one look found.
   *
   * @param finished what is waited for has come
   * @param measure changes for as long as something gets on
   */
  record Seen(boolean finished, long measure) {}

  /** One look at the pipeline. */
  @FunctionalInterface
  interface Look {
    Seen look() throws Exception;
  }

  /**
   * Looks again and again until what is waited for has come.
   *
   * @param what for the message, as "the archive to catch up"
   * @throws StopException when a service has stopped, or nothing has changed for two minutes
   */
  void until(String what, Look look) throws Exception {
    long measure = Long.MIN_VALUE;
    long changed = System.nanoTime();
    while (true) {
      pipeline.check();
      Seen seen = look.look();
      if (seen.finished()) {
        return;
      }
      long now = System.nanoTime();
      if (seen.measure() != measure) {
        measure = seen.measure();
        changed = now;
      } else if (now - changed > PATIENCE.toNanos()) {
        throw new StopException(
            "The demo waited two minutes for "
                + what
                + " and nothing changed ("
                + pipeline.states()
                + "); run it again with --verbose to see more.");
      }
      TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
    }
  }
}
