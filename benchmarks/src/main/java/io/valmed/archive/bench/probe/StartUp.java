package io.valmed.archive.bench.probe;

import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long the command takes to help, and each service to be ready on a site that is in use. */
public final class StartUp {
  private static final Duration LIMIT = Duration.ofSeconds(60);

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
    Map<String, double[]> seconds = new LinkedHashMap<>();
    for (String name : List.of("help", "capture", "sink", "purge")) {
      seconds.put(name, new double[rounds]);
    }
    try (Site site = ground.site("startup")) {
      Running running = new Running(ground.services(), site);
      try (JavaProcess capture = running.capture();
          JavaProcess sink = running.sink()) {
        running.awaitArchived(capture, sink);
      }
      for (int round = 0; round < rounds; round++) {
        seconds.get("help")[round] = help(site);
        seconds.get("capture")[round] = ready(running, running::capture);
        seconds.get("sink")[round] = ready(running, running::sink);
        seconds.get("purge")[round] = ready(running, running::purge);
      }
    }
    return finding(seconds);
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

  private Finding finding(Map<String, double[]> all) {
    List<String> lines = new ArrayList<>();
    Map<String, Object> figures = new LinkedHashMap<>();
    lines.add("startup: seconds from the command to ready (help: to its end), " + rounds + " times");
    all.forEach(
        (name, seconds) -> {
          Arrays.sort(seconds);
          double median = seconds[seconds.length / 2];
          lines.add(
              "%-20s %6.2f   %.2f .. %.2f"
                  .formatted(name, median, seconds[0], seconds[seconds.length - 1]));
          figures.put(name, median);
        });
    return new Finding(lines, figures);
  }
}
