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
import io.valmed.archive.cli.CommonOptions;
import io.valmed.archive.cli.ExitCode;
import io.valmed.archive.cli.JsonLine;
import io.valmed.archive.runtime.settings.NearestName;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the product beside what a user would pick instead. */
@Command(
    name = "archive bench",
    description = {
      "Measures the product beside what a user would pick instead, on servers of its own: the same",
      "rows, the same servers, in turn, several rounds. Peers are resolved with Maven at first use."
    },
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:all was measured",
      "2:the arguments are wrong; nothing was done",
      "70:something could not be measured; the message says what"
    },
    footer = {"", "Try it:  archive bench sink purge --rows 40000 --rounds 1"})
final class BenchCommand implements Callable<Integer> {
  private static final long FEWEST = 400;
  private static final long MOST = 40_000_000;
  private static final int MOST_ROUNDS = 99;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "WORK",
      description = {
        "capture, sink, pipeline, purge, or all of these four (the default);",
        "growth: rates as the archive grows; startup: time to ready; wide: rows of 1 MB."
      })
  private List<String> works = List.of();

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "400000",
      description = {
        "Orders and administrations of each load (default: ${DEFAULT-VALUE}); growth: of each step."
      })
  private long rows;

  @Option(
      names = "--warm",
      paramLabel = "N",
      defaultValue = "400000",
      description = {
        "Rows that every contestant carries before its clock runs; 0: the JVMs start cold",
        "(default: ${DEFAULT-VALUE})."
      })
  private long warm;

  @Option(
      names = "--rounds",
      paramLabel = "R",
      defaultValue = "3",
      description = "How often each contestant runs (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--to",
      paramLabel = "N",
      defaultValue = "10000000",
      description = "growth: how many rows the archive grows to (default: ${DEFAULT-VALUE}).")
  private long to;

  @Option(names = "--plot", paramLabel = "FILE", description = "growth: write the curve as SVG.")
  private @Nullable Path plot;

  @Option(
      names = "--no-peers",
      description = "Leave out Kafka Connect and Debezium's engine, which Maven must resolve.")
  private boolean noPeers;

  @Option(
      names = "--profile",
      paramLabel = "DIR",
      description = "Leave a flight recording of each of the product's processes there.")
  private @Nullable Path profiles;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    check("--rows", rows, FEWEST, MOST);
    check("--warm", warm, 0, MOST);
    check("--rounds", rounds, 1, MOST_ROUNDS);
    check("--to", to, FEWEST, MOST);
    Set<Work> wanted = wanted();
    common.tellFaultsOnly();
    if (profiles != null) {
      profiles = Files.createDirectories(profiles).toAbsolutePath();
    }
    Map<String, Object> machine = Machine.toMap();
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("machine", machine);
    if (!json) {
      common.out().println(Machine.line(machine));
    }
    long template = wanted.contains(Work.GROWTH) ? rows * Growth.steps() : rows;
    tell("Starting PostgreSQL (hot, archive) and Kafka, and making " + (template + warm) + " rows");
    results.put("warm_rows", warm);
    try (Ground ground = Ground.open(Checkout.current(), template, warm, profiles)) {
      measure(wanted, ground, results);
    }
    if (json) {
      common.out().println(JsonLine.of(results));
    }
    return ExitCode.OK;
  }

  private void measure(Set<Work> wanted, Ground ground, Map<String, Object> results)
      throws Exception {
    for (Contest contest : Work.contests(wanted, !noPeers)) {
      Standing standing = new Race(ground, rounds, this::tell).run(contest);
      results.put(standing.key(), standing.toMap());
      if (!json) {
        new StandingTable(common.out()).print(standing);
      }
    }
    if (wanted.contains(Work.STARTUP)) {
      add("startup", new StartUp(ground, rounds).run(), results);
    }
    if (wanted.contains(Work.WIDE)) {
      add("wide", new WideRows(ground).run(), results);
    }
    if (wanted.contains(Work.GROWTH)) {
      List<GrowthPoint> points = new Growth(ground, to, this::tell).run();
      add("growth", Growth.finding(points), results);
      if (plot != null) {
        Files.writeString(plot, GrowthPlot.svg(points));
      }
    }
  }

  private void add(String key, Finding finding, Map<String, Object> results) {
    results.put(key, finding.figures());
    if (!json) {
      common.out().println();
      finding.lines().forEach(common.out()::println);
    }
  }

  private Set<Work> wanted() {
    Set<Work> wanted = EnumSet.noneOf(Work.class);
    for (String word : works) {
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
