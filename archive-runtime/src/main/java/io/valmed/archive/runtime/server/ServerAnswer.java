package io.valmed.archive.runtime.server;

import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a server said when it was last asked.
 *
 * @param value the answer; null: it is not known
 * @param problem why it is not, in a sentence; null: it is known
 * @param nanos when that was, by a clock that nobody sets
 */
public record ServerAnswer<T>(@Nullable T value, @Nullable String problem, long nanos) {

  /** Whether the server has answered. */
  public boolean known() {
    return value != null;
  }

  /** A number of the answer; NaN while it is not known. */
  public double number(ToDoubleFunction<? super T> part) {
    T known = value;
    return known == null ? Double.NaN : part.applyAsDouble(known);
  }
}
