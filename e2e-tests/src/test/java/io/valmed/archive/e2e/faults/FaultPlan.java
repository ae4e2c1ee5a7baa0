package io.valmed.archive.e2e.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Faults in the order in which they are done. Every kind comes once in each round of as many faults
 * as there are kinds, in a random order.
 */
record FaultPlan(long seed, List<Step> steps) {
  private static final double BESIDE = 0.6;
  private static final double LONG_ONE = 0.06;

  /**
   * A fault in its place.
   *
   * @param pauseMillis wait before it
   * @param holdMillis how long it lasts
   * @param beside it may begin while another one lasts
   * @param which which of several, for a target that there are several of
   */
  record Step(int number, Fault fault, int pauseMillis, int holdMillis, boolean beside, int which) {
    /** Lasts so long that others go on meanwhile. */
    boolean longOne() {
      return holdMillis >= 8_000;
    }

    @Override
    public String toString() {
      return "%d %s %d for %d ms after %d ms%s"
          .formatted(number, fault, which, holdMillis, pauseMillis, beside ? " beside" : "");
    }
  }

  /** Draws a plan; the same from the same seed, number and kinds. */
  static FaultPlan draw(long seed, int faults, List<Fault> kinds) {
    Random random = new Random(seed);
    List<Step> steps = new ArrayList<>();
    List<Fault> round = new ArrayList<>();
    for (int i = 1; i <= faults; i++) {
      if (round.isEmpty()) {
        round.addAll(kinds);
        Collections.shuffle(round, random);
      }
      Fault fault = round.remove(round.size() - 1);
      int pause = random.nextInt(600);
      int hold = hold(fault, i <= kinds.size(), random);
      steps.add(
          new Step(i, fault, pause, hold, random.nextDouble() < BESIDE, random.nextInt(1_000)));
    }
    return new FaultPlan(seed, List.copyOf(steps));
  }

  private static int hold(Fault fault, boolean firstRound, Random random) {
    boolean longOne = random.nextDouble() < LONG_ONE;
    return switch (fault.deed()) {
      case KILL, STOP_AT_ONCE -> random.nextInt(1_500);
      case CUT -> random.nextInt(1_000);
      case LOSE_ANSWERS -> 300 + random.nextInt(1_500);
      case DELAY -> 500 + random.nextInt(2_000);
      case FILL_DISK -> 1_000 + random.nextInt(2_000);
      case BLACK_HOLE -> longOne ? 8_000 + random.nextInt(8_000) : 500 + random.nextInt(2_500);
      case FREEZE ->
          switch (fault.target()) {
            // Longer than hot lets a purge's transaction live, so that its locks are seen to go.
            case PURGE -> FaultSite.PURGE_TIMEOUT_MILLIS + 3_000 + random.nextInt(1_000);
            // The first and one in three until its partitions are another's: the group's session
            // is 15 s.
            case SINK ->
                random.nextInt(3) == 0 || firstRound
                    ? 16_000 + random.nextInt(4_000)
                    : 1_000 + random.nextInt(3_000);
            default -> longOne ? 8_000 + random.nextInt(12_000) : 1_000 + random.nextInt(2_500);
          };
    };
  }
}
