package io.valmed.archive.bench;

import io.valmed.archive.bench.contest.Contest;
import io.valmed.archive.bench.ground.Checkout;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.probe.Finding;
import io.valmed.archive.bench.probe.Growth;
import io.valmed.archive.bench.probe.GrowthPlot;
import io.valmed.archive.bench.probe.GrowthPoint;
import io.valmed.archive.bench.probe.StartUp;
import io.valmed.archive.bench.probe.WideRows;
import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.local.BenchOptions;
import io.valmed.archive.runtime.settings.yaml.NearestName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures the product beside what a user would pick instead. */
@Command(name = "archive bench")
final class BenchCommand implements Callable<Integer> {
  private static final long FEWEST = 400;
  private static final long MOST = 40_000_000;
  private static final int MOST_ROUNDS = 99;

  @Mixin private CommonOptions common = new CommonOptions();

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() throws Exception {
    check("--rows", options.rows(), FEWEST, MOST);
    check("--warm", options.warm(), 0, MOST);
    check("--rounds", options.rounds(), 1, MOST_ROUNDS);
    check("--to", options.to(), FEWEST, MOST);
    Set<Work> wanted = wanted();
    common.tellFaultsOnly();
    @Nullable Path profiles = options.profile();
    if (profiles != null) {
      profiles = Files.createDirectories(profiles).toAbsolutePath();
    }
    Map<String, Object> machine = Machine.toMap();
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("machine", machine);
    if (!options.json()) {
      common.out().println(Machine.line(machine));
    }
    long template = wanted.contains(Work.GROWTH) ? options.rows() * Growth.steps() : options.rows();
    tell(
        "Starting PostgreSQL (hot, archive) and Kafka, and making %d rows"
            .formatted(template + options.warm()));
    results.put("warm_rows", options.warm());
    try (Ground ground = Ground.open(Checkout.current(), template, options.warm(), profiles)) {
      measure(wanted, ground, results);
    }
    if (options.json()) {
      common.out().println(JsonLine.of(results));
    }
    return ExitCode.OK;
  }

  private void measure(Set<Work> wanted, Ground ground, Map<String, Object> results)
      throws Exception {
    for (Contest contest : Work.contests(wanted, !options.noPeers())) {
      Standing standing = new Race(ground, options.rounds(), this::tell).run(contest);
      results.put(standing.key(), standing.toMap());
      if (!options.json()) {
        new StandingTable(common.out()).print(standing);
      }
    }
    if (wanted.contains(Work.STARTUP)) {
      add("startup", new StartUp(ground, options.rounds()).run(), results);
    }
    if (wanted.contains(Work.WIDE)) {
      add("wide", new WideRows(ground).run(), results);
    }
    if (wanted.contains(Work.GROWTH)) {
      List<GrowthPoint> points = new Growth(ground, options.to(), this::tell).run();
      add("growth", Growth.finding(points), results);
      @Nullable Path plot = options.plot();
      if (plot != null) {
        Files.writeString(plot, GrowthPlot.svg(points));
      }
    }
  }

  private void add(String key, Finding finding, Map<String, Object> results) {
    results.put(key, finding.figures());
    if (!options.json()) {
      common.out().println();
      finding.lines().forEach(common.out()::println);
    }
  }

  private Set<Work> wanted() {
    Set<Work> wanted = EnumSet.noneOf(Work.class);
    for (String word : options.works()) {
      wanted.add(
          Work.named(word)
              .orElseThrow(
                  () ->
                      common.wrong(
                          "'%s' is nothing that is measured%s"
                              .formatted(
                                  word,
                                  NearestName.to(word, Work.names())
                                      .map(near -> "; did you mean '" + near + "'?")
                                      .orElse("; known: " + String.join(", ", Work.names()))))));
    }
    if (wanted.isEmpty()) {
      wanted.add(Work.ALL);
    }
    return wanted;
  }

  private void check(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw common.wrong("%s must be %d to %d, but is %d".formatted(option, least, most, value));
    }
  }

  private void tell(String line) {
    common.err().println(line);
  }
}
