package io.valmed.archive.runtime;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When a line on a state that lasts is due: at once when it is another one, then every ten minutes.
 * Not for several threads.
 */
public final class Reminder {
  private static final long AGAIN_NANOS = Duration.ofMinutes(10).toNanos();

  private final LongSupplier nanos;
  private @Nullable String told;
  private long toldAt;

  /**
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public Reminder(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Whether the state is to be told now; the answer counts as told.
   *
   * @param state in words
   */
  public boolean due(String state) {
    long now = nanos.getAsLong();
    if (state.equals(told) && now - toldAt < AGAIN_NANOS) {
      return false;
    }
    told = state;
    toldAt = now;
    return true;
  }

  /**
   * The state is over.
   *
   * @return whether there was one
   */
  public boolean over() {
    boolean was = told != null;
    told = null;
    return was;
  }
}
