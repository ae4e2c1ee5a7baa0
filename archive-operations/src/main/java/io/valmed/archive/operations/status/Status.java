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
 */
public record Status(
    HopState state,
    String sentence,
    @Nullable Hop cause,
    @Nullable String action,
    List<HopStatus> hops,
    Measurement measured) {

  public Status {
    hops = List.copyOf(hops);
  }
}
