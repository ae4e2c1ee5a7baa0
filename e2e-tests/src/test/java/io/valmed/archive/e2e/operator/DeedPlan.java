package io.valmed.archive.e2e.operator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Deeds in rounds, each round on a fresh installation. Every kind comes once in each dealing of as
 * many deeds as there are kinds, in a random order. A failover is played once a round, before the
 * others, for the standby is its own no longer then.
 */
record DeedPlan(long seed, List<Round> rounds) {
  private static final int ONE_IN = 5;

  /**
   * A deed.
   *
   * @param kind what is done
   * @param atOnce it follows the one before as soon as the services have run a moment, whatever
   *     they say and hold
   */
  record Deed(Kind kind, boolean atOnce) {}

  /**
   * Some deeds in their order.
   *
   * @param number from 0 on
   * @param seed what the application does there
   */
  record Round(int number, long seed, List<Deed> deeds) {

    /** Each deed with those that follow it before anybody has mended anything. */
    List<List<Deed>> settledTogether() {
      List<List<Deed>> all = new ArrayList<>();
      for (Deed deed : deeds) {
        if (!deed.atOnce()) {
          all.add(new ArrayList<>());
        }
        all.get(all.size() - 1).add(deed);
      }
      return all;
    }

    boolean needsStandby() {
      return deeds.stream().anyMatch(deed -> deed.kind().needsStandby());
    }
  }

  static DeedPlan draw(long seed, int deeds, int roundOf, List<Kind> kinds) {
    Random random = new Random(seed);
    List<Kind> all = new ArrayList<>();
    while (all.size() < deeds) {
      List<Kind> dealt = new ArrayList<>(kinds);
      Collections.shuffle(dealt, random);
      all.addAll(dealt);
    }
    List<Round> rounds = new ArrayList<>();
    for (List<Kind> some : split(all.subList(0, deeds), roundOf)) {
      List<Deed> round = new ArrayList<>();
      for (Kind kind : some) {
        boolean atOnce = !round.isEmpty() && random.nextInt(ONE_IN) == 0;
        round.add(new Deed(kind, atOnce));
      }
      rounds.add(new Round(rounds.size(), seed * 31 + rounds.size(), List.copyOf(round)));
    }
    return new DeedPlan(seed, List.copyOf(rounds));
  }

  private static List<List<Kind>> split(List<Kind> kinds, int roundOf) {
    List<List<Kind>> rounds = new ArrayList<>();
    List<Kind> round = new ArrayList<>();
    for (Kind kind : kinds) {
      boolean second = kind.needsStandby() && round.stream().anyMatch(Kind::needsStandby);
      if (second || round.size() == roundOf) {
        rounds.add(round);
        round = new ArrayList<>();
      }
      round.add(kind.needsStandby() ? 0 : round.size(), kind);
    }
    if (!round.isEmpty()) {
      rounds.add(round);
    }
    return rounds;
  }
}
