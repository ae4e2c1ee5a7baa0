package io.valmed.archive.bench;

import io.valmed.archive.bench.contest.Contest;
import io.valmed.archive.bench.contest.Lap;
import io.valmed.archive.bench.ground.Use;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A contest's outcome.
 *
 * @param laps of each contestant, the product first
 */
record Standing(String key, String title, Map<String, List<Lap>> laps) {
  Standing {
    // Not Map.copyOf: the order is part of what is shown.
    laps = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(laps));
  }

  /** The median over all rounds. */
  double median(String contestant, ToDoubleFunction<Lap> of) {
    double[] values = of(contestant).stream().mapToDouble(of).sorted().toArray();
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  double[] spread(String contestant) {
    double[] values = of(contestant).stream().mapToDouble(Lap::rowsPerSecond).sorted().toArray();
    return new double[] {values[0], values[values.length - 1]};
  }

  /** How many times as fast as the contestant the product is. */
  double ratio(String contestant) {
    return median(Contest.OURS, Lap::rowsPerSecond) / median(contestant, Lap::rowsPerSecond);
  }

  /** The median use of each process; of memory, the most of any round. */
  Map<String, Use> used(String contestant) {
    Map<String, Use> used = new LinkedHashMap<>();
    for (String process : of(contestant).get(0).used().keySet().stream().sorted().toList()) {
      used.put(
          process,
          new Use(
              median(contestant, lap -> use(lap, process).cpuSeconds()),
              most(contestant, process, Use::peakMebibytes),
              most(contestant, process, Use::heapMebibytes)));
    }
    return used;
  }

  /** For programs. */
  Map<String, Object> toMap() {
    Map<String, Object> ratios = new LinkedHashMap<>();
    Map<String, Object> references = new LinkedHashMap<>();
    for (String one : laps.keySet()) {
      if (!one.equals(Contest.OURS)) {
        ratios.put(one, ratio(one));
        references.put(one, figures(one));
      }
    }
    Map<String, Object> all = figures(Contest.OURS);
    all.put("ratio", ratios);
    all.put("references", references);
    return all;
  }

  private Map<String, Object> figures(String contestant) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("rows_per_s", median(contestant, Lap::rowsPerSecond));
    all.put("rows", of(contestant).get(0).rows());
    all.put("rounds", of(contestant).size());
    all.put("seconds", median(contestant, Lap::seconds));
    all.put("spread", Arrays.stream(spread(contestant)).boxed().toList());
    Map<String, Object> cpu = new LinkedHashMap<>();
    Map<String, Object> peak = new LinkedHashMap<>();
    Map<String, Object> heap = new LinkedHashMap<>();
    used(contestant)
        .forEach(
            (process, use) -> {
              cpu.put(process, use.cpuSeconds());
              if (use.peakMebibytes() > 0) {
                peak.put(process, use.peakMebibytes());
                heap.put(process, use.heapMebibytes());
              }
            });
    all.put("cpu_seconds", cpu);
    all.put("peak_rss_mib", peak);
    all.put("peak_heap_mib", heap);
    return all;
  }

  private double most(String contestant, String process, ToDoubleFunction<Use> of) {
    return of(contestant).stream()
        .mapToDouble(lap -> of.applyAsDouble(use(lap, process)))
        .max()
        .orElse(0);
  }

  private static Use use(Lap lap, String process) {
    return lap.used().getOrDefault(process, new Use(0, 0, 0));
  }

  private List<Lap> of(String contestant) {
    return laps.getOrDefault(contestant, List.of());
  }
}
