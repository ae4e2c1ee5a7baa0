package io.valmed.archive.bench.probe;

import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long the command takes to help, and each service to be ready on a site that is in use. */
public final class StartUp {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Ground ground;
  private final int rounds;

  public StartUp(Ground ground, int rounds) {
    this.ground = ground;
    this.rounds = rounds;
  }

  private interface Start {
    JavaProcess now() throws Exception;
  }

  /** Starts everything as often as there are rounds. */
  public Finding run() throws Exception {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    try (Site site = ground.site("startup")) {
      Running running = new Running(ground.services(), site);
      try (JavaProcess capture = running.capture();
          JavaProcess sink = running.sink()) {
        running.awaitArchived(capture, sink);
      }
      for (int round = 0; round < rounds; round++) {
        add(seconds, "help", help(site));
        add(seconds, "capture", ready(running, running::capture));
        add(seconds, "sink", ready(running, running::sink));
        add(seconds, "purge", ready(running, running::purge));
      }
    }
    return finding(seconds);
  }

  private static void add(Map<String, List<Double>> all, String name, double seconds) {
    all.computeIfAbsent(name, one -> new ArrayList<>()).add(seconds);
  }

  private double help(Site site) throws Exception {
    long begun = Moment.now();
    try (JavaProcess help = ground.services().help(site)) {
      help.awaitEnd(LIMIT);
      return Moment.seconds(begun, Moment.now());
    }
  }

  private static double ready(Running running, Start start) throws Exception {
    long begun = Moment.now();
    try (JavaProcess service = start.now()) {
      running.awaitReady(service);
      return Moment.seconds(begun, Moment.now());
    }
  }

  private Finding finding(Map<String, List<Double>> all) {
    List<String> lines = new ArrayList<>();
    Map<String, Object> figures = new LinkedHashMap<>();
    lines.add(
        "startup: seconds from the command to ready (help: to its end), " + rounds + " times");
    all.forEach(
        (name, seconds) -> {
          Collections.sort(seconds);
          double median = seconds.get(seconds.size() / 2);
          lines.add(
              "%-20s %6.2f   %.2f .. %.2f"
                  .formatted(name, median, seconds.get(0), seconds.get(seconds.size() - 1)));
          figures.put(name, median);
        });
    return new Finding(lines, figures);
  }
}
