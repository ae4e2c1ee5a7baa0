package io.valmed.archive.provisioning.step;

import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.StopException;
import java.time.Duration;

/**
 * How long a step waits for a table's lock. Each wait is short, so that the application never
 * queues behind us for longer, and there are many.
 *
 * @param lockTimeout the longest single wait
 * @param attempts how many
 * @param pauses the time between two attempts
 * @param pause waits
 */
public record LockPatience(Duration lockTimeout, int attempts, Backoff pauses, Pause pause) {

  /** Waits, for the product by sleeping. */
  @FunctionalInterface
  public interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  /**
   * Waits before the next attempt.
   *
   * @param failed how many attempts have failed
   * @return false when there was the last one
   */
  boolean again(int failed) {
    if (failed >= attempts) {
      return false;
    }
    try {
      pause.of(pauses.wait(failed));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StopException(
          "Provisioning was interrupted between two steps; run it again, or undo it.", e);
    }
  }
}
