package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a condition that only another process can bring about. */
public final class Waiting {

  private static final long STEP_MILLIS = 20;

  private Waiting() {}

  /** True as soon as the condition holds, false after {@code limit}. */
  public static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(STEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StackException("Interrupted while waiting for a server.", e);
      }
    }
    return true;
  }
}
