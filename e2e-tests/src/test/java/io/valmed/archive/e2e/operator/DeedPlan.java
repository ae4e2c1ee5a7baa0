package io.valmed.archive.e2e.operator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Deeds in rounds, each round on a fresh installation. Every kind comes once in each dealing of as
 * many deeds as there are kinds, in a random order.
 */
record DeedPlan(long seed, List<Round> rounds) {

  /**
   * Some deeds in their order.
   *
   * @param number from 0 on
   * @param seed what the application does there
   */
  record Round(int number, long seed, List<Kind> deeds) {}

  static DeedPlan draw(long seed, int deeds, int roundOf, List<Kind> kinds) {
    Random random = new Random(seed);
    List<Kind> all = new ArrayList<>();
    while (all.size() < deeds) {
      List<Kind> dealt = new ArrayList<>(kinds);
      Collections.shuffle(dealt, random);
      all.addAll(dealt);
    }
    List<Round> rounds = new ArrayList<>();
    for (int from = 0; from < deeds; from += roundOf) {
      int to = Math.min(deeds, from + roundOf);
      rounds.add(new Round(from / roundOf, seed * 31 + from, List.copyOf(all.subList(from, to))));
    }
    return new DeedPlan(seed, List.copyOf(rounds));
  }
}
