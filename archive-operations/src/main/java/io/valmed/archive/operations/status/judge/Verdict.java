package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import org.jspecify.annotations.Nullable;

/**
 * A state with its reason, before it has its numbers.
 *
 * @param secondsToCatchUp null unless it catches up and that is known
 * @param action null: there is nothing to do
 */
record Verdict(
    HopState state, @Nullable Double secondsToCatchUp, String reason, @Nullable String action) {

  static Verdict ok(String reason) {
    return new Verdict(HopState.OK, null, reason, null);
  }

  static Verdict of(HopState state, String reason, @Nullable String action) {
    return new Verdict(state, null, reason, action);
  }

  static Verdict catchingUp(@Nullable Double seconds, String reason) {
    return new Verdict(HopState.CATCHING_UP, seconds, reason, null);
  }

  /** This one, unless the other is worse; null: there is no other. */
  Verdict or(@Nullable Verdict other) {
    return other != null && other.state.compareTo(state) > 0 ? other : this;
  }

  HopStatus on(Hop hop, @Nullable Double seconds, @Nullable Long records, @Nullable Long bytes) {
    return new HopStatus(hop, state, seconds, records, bytes, secondsToCatchUp, reason, action);
  }
}
