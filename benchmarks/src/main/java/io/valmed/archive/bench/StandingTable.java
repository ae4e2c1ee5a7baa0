package io.valmed.archive.bench;

import io.valmed.archive.bench.contest.Contest;
import io.valmed.archive.bench.contest.Lap;
import io.valmed.archive.bench.ground.Use;
import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints standings for people. */
final class StandingTable {
  private final PrintWriter out;

  StandingTable(PrintWriter out) {
    this.out = out;
  }

  void print(Standing standing) {
    int rounds = standing.laps().getOrDefault(Contest.OURS, java.util.List.of()).size();
    out.println();
    out.println(standing.key() + ": " + standing.title());
    out.println(
        "%-20s %10s %23s %9s %8s  %s"
            .formatted(
                "median of " + rounds,
                "rows/s",
                "slowest .. fastest",
                "seconds",
                "ours/it",
                "CPU s and peak MiB (resident, heap) of each process"));
    for (String one : standing.laps().keySet()) {
      double[] spread = standing.spread(one);
      out.println(
          "%-20s %,10.0f %23s %9.2f %8s  %s"
              .formatted(
                  one,
                  standing.median(one, Lap::rowsPerSecond),
                  "%,.0f .. %,.0f".formatted(spread[0], spread[1]),
                  standing.median(one, Lap::seconds),
                  one.equals(Contest.OURS) ? "" : "%.2f".formatted(standing.ratio(one)),
                  uses(standing.used(one))));
    }
    out.flush();
  }

  /** As {@code capture 7.2 (410, 190), hot 3.1}; what used next to nothing is left out. */
  static String uses(Map<String, Use> used) {
    return used.entrySet().stream()
        .filter(one -> one.getValue().cpuSeconds() >= 0.1)
        .map(one -> one.getKey() + " " + use(one.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String use(Use use) {
    String cpu = "%.1f".formatted(use.cpuSeconds());
    return use.peakMebibytes() > 0
        ? "%s (%.0f, %.0f)".formatted(cpu, use.peakMebibytes(), use.heapMebibytes())
        : cpu;
  }
}
