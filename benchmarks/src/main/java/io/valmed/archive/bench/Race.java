package io.valmed.archive.bench;

import io.valmed.archive.bench.contest.Contest;
import io.valmed.archive.bench.contest.Heat;
import io.valmed.archive.bench.contest.Lap;
import io.valmed.archive.bench.ground.Ground;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Lets the contestants run in turn, round by round, each round beginning with another one. */
final class Race {
  private final Ground ground;
  private final int rounds;
  private final Consumer<String> progress;

  Race(Ground ground, int rounds, Consumer<String> progress) {
    this.ground = ground;
    this.rounds = rounds;
    this.progress = progress;
  }

  Standing run(Contest contest) throws Exception {
    Map<String, List<Lap>> laps = new LinkedHashMap<>();
    contest.contestants().forEach(one -> laps.put(one, new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      List<String> order = new ArrayList<>(contest.contestants());
      Collections.rotate(order, -round);
      try (Heat heat = contest.heat(ground)) {
        for (String one : order) {
          Lap lap = heat.run(one);
          laps.computeIfAbsent(one, name -> new ArrayList<>()).add(lap);
          progress.accept(
              "%s %d/%d  %-18s %,10.0f rows/s  %6.2f s"
                  .formatted(
                      contest.key(), round + 1, rounds, one, lap.rowsPerSecond(), lap.seconds()));
        }
      }
    }
    return new Standing(contest.key(), contest.title(), laps);
  }
}
