package io.valmed.archive.operations.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the whole does, judged from a window of measurements.
 *
 * @param state the worst of the hops'
 * @param sentence how it is, in one sentence
 * @param cause the hop that is the cause; null: all is well
 * @param action what to do, a command where there is one; null: nothing
 * @param hops in the order of a row's way, each once
 * @param measured the newest measurement
 * @param motion how fast it moves
 */
public record Status(
    HopState state,
    String sentence,
    @Nullable Hop cause,
    @Nullable String action,
    List<HopStatus> hops,
    Measurement measured,
    Motion motion) {

  public Status {
    hops = List.copyOf(hops);
  }

  /** Of one measurement alone. */
  public Status(
      HopState state,
      String sentence,
      @Nullable Hop cause,
      @Nullable String action,
      List<HopStatus> hops,
      Measurement measured) {
    this(state, sentence, cause, action, hops, measured, Motion.NONE);
  }

  /** The hop, judged. */
  public HopStatus hop(Hop hop) {
    return hops.stream().filter(one -> one.hop() == hop).findFirst().orElseThrow();
  }
}
