package io.valmed.archive.databases.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status at one time, as numbers.
 *
 * @param at when, by the clock of the host that measured
 * @param state 0 (ok) to 5 (down)
 * @param hopStates the same of each hop, in the order of a row's way
 * @param hopSeconds how far behind each is; null: not known
 */
public record Sample(
    Instant at,
    int state,
    List<Integer> hopStates,
    List<@Nullable Double> hopSeconds,
    Sizes sizes) {
  static final int HOPS = 6;

  public Sample {
    hopStates = List.copyOf(hopStates);
    hopSeconds = Collections.unmodifiableList(new ArrayList<>(hopSeconds));
    if (hopStates.size() != HOPS || hopSeconds.size() != HOPS) {
      throw new IllegalArgumentException("a row's way has " + HOPS + " hops");
    }
  }

  /**
   * Sums over all tables; null: not known.
   *
   * @param retained bytes of WAL that hot keeps for the slot
   * @param safe bytes of WAL until the slot is lost; null: no limit too
   * @param eligible rows that may leave hot
   * @param purged rows that have ever left hot
   */
  public record Sizes(
      @Nullable Long retained,
      @Nullable Long safe,
      @Nullable Long hotRows,
      @Nullable Long mirrorRows,
      @Nullable Long coldRows,
      @Nullable Long hotBytes,
      @Nullable Long mirrorBytes,
      @Nullable Long coldBytes,
      @Nullable Long eligible,
      @Nullable Long purged) {

    /** In the order of the table's columns. */
    List<@Nullable Long> all() {
      List<@Nullable Long> all = new ArrayList<>();
      Collections.addAll(all, retained, safe, hotRows, mirrorRows, coldRows);
      Collections.addAll(all, hotBytes, mirrorBytes, coldBytes, eligible, purged);
      return all;
    }
  }
}
