package io.valmed.archive.cli.local;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.yaml.Durations;
import io.valmed.archive.sample.LiveTraffic;
import io.valmed.archive.sample.SampleLoader;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An invented hospital for trials; never for a database in use. */
@Command(
    name = "sample",
    description = "Fills the hot database with an invented hospital, or keeps its wards at work.",
    synopsisSubcommandLabel = "VERB")
public final class SampleCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    throw common.verbMissing();
  }

  @Command(
      name = "load",
      description = "Loads orders, administrations, transfers, drugs, users.",
      exitCodeList = {"0:done", ExitCode.INTERRUPTED_LINE})
  int load(
      @Mixin CommonOptions options,
      @Mixin SettingsOption settings,
      @Option(
              names = "--orders",
              paramLabel = "N",
              defaultValue = "20000",
              description = "How many orders (default: ${DEFAULT-VALUE}).")
          int orders,
      @Option(
              names = "--history",
              paramLabel = "TIME",
              defaultValue = "400d",
              description = "How far back they go (default: ${DEFAULT-VALUE}).")
          String history,
      @Option(
              names = "--seed",
              paramLabel = "S",
              defaultValue = "1",
              description = "Which hospital (default: ${DEFAULT-VALUE}); each loads once.")
          long seed,
      @Option(
              names = "--if-empty",
              description = "Succeed without loading when a hospital is there already.")
          boolean ifEmpty,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json)
      throws SQLException {
    if (orders < 0) {
      throw options.wrong("--orders must not be negative, but is " + orders);
    }
    Duration back = duration(options, "--history", history);
    DatabaseLogin hot = settings.read().hot().migrator();
    Map<String, Long> loaded = SampleLoader.load(hot, ifEmpty, orders, back, seed);
    if (json) {
      options.out().println(JsonLine.of(Map.of("loaded", loaded)));
    } else {
      loaded.forEach((table, rows) -> options.out().println("%,10d  %s".formatted(rows, table)));
    }
    return ExitCode.OK;
  }

  @Command(
      name = "traffic",
      description = "Inserts, updates, corrects and deletes like wards do, until told to stop.",
      exitCodeList = {"0:the time of --for is over", ExitCode.INTERRUPTED_LINE})
  int traffic(
      @Mixin CommonOptions options,
      @Mixin SettingsOption settings,
      @Option(
              names = "--live-rate",
              paramLabel = "R",
              defaultValue = "20",
              description = "Transactions a second (default: ${DEFAULT-VALUE}).")
          double rate,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              description = "End after this time, such as 30s (default: at Ctrl-C).")
          @Nullable String time,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json)
      throws SQLException, InterruptedException {
    if (!(rate > 0)) {
      throw options.wrong("--live-rate must be above 0, but is " + rate);
    }
    Duration limit = time == null ? Duration.ofDays(36_500) : duration(options, "--for", time);
    DatabaseLogin hot = settings.read().hot().migrator();
    LiveTraffic traffic = LiveTraffic.of(hot, rate, System.nanoTime());
    Thread hook = new Thread(() -> end(options, traffic, json), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    traffic.start();
    long end = System.nanoTime() + limit.toNanos();
    while (traffic.failure() == null && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    Runtime.getRuntime().removeShutdownHook(hook);
    end(options, traffic, json);
    SQLException failure = traffic.failure();
    if (failure != null) {
      throw failure;
    }
    return ExitCode.OK;
  }

  private static void end(CommonOptions options, LiveTraffic traffic, boolean json) {
    traffic.close();
    Map<String, Object> counts = traffic.counts().toMap();
    if (json) {
      options.out().println(JsonLine.of(counts));
    } else {
      counts.forEach((name, value) -> options.out().println(name + "  " + value));
    }
    options.out().flush();
  }

  private static Duration duration(CommonOptions options, String name, String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                options.wrong(
                    name + " '" + text + "' is not a duration; write 500ms, 30s, 15m, 12h or 90d"));
  }
}
