package io.valmed.archive.cli.local;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.demo.DemoOptions;
import io.valmed.archive.demo.DemoResult;
import io.valmed.archive.demo.DemoRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole way of a row, on this machine. */
@Command(
    name = "demo",
    description = {
      "Starts PostgreSQL (hot, archive) and Kafka here, loads a hospital, and carries its rows",
      "hot -> WAL -> Kafka -> archive -> proof -> purge while its wards go on working."
    },
    exitCodeList = {"0:every check held", "1:a check did not hold", ExitCode.INTERRUPTED_LINE})
public final class DemoCommand implements Callable<Integer> {
  private static final Duration CLEAN_UP = Duration.ofSeconds(40);

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--orders",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Orders of 400 days; each has 3 administrations (default: ${DEFAULT-VALUE}).")
  private int orders;

  @Option(
      names = "--live-rate",
      paramLabel = "R",
      defaultValue = "20",
      description = "Transactions a second of the wards; 0: none (default: ${DEFAULT-VALUE}).")
  private double liveRate;

  @Option(
      names = "--once",
      description = "End when nothing is left to purge, then check everything.")
  private boolean once;

  @Option(
      names = "--dir",
      paramLabel = "D",
      description = "Keep the data there; run again, the hospital goes on with new orders.")
  private @Nullable Path directory;

  @Option(names = "--json", description = "End with one line of JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (orders < 0) {
      throw common.wrong("--orders must not be negative, but is " + orders);
    }
    if (!(liveRate >= 0 && liveRate <= 10_000)) {
      throw common.wrong("--live-rate must be 0 to 10000, but is " + liveRate);
    }
    long begun = System.nanoTime();
    common.tellFaultsOnly();
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(interrupting(Thread.currentThread(), over));
    try {
      DemoResult result =
          DemoRun.run(
              new DemoOptions(orders, Duration.ofDays(400), liveRate, once, directory),
              Integer.getInteger("archive.columns", 0),
              CommonOptions.verbose(),
              common.err());
      if (json) {
        common.out().println(JsonLine.of(result.toMap((System.nanoTime() - begun) / 1e9)));
      }
      return result.verified() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    } catch (InterruptedException e) {
      common.err().println("archive: ended by Ctrl-C; nothing was checked.");
      return ExitCode.INTERRUPTED;
    } finally {
      over.countDown();
    }
  }

  /** Ctrl-C interrupts the demo, which then closes what it has open; the JVM waits for that. */
  private static Thread interrupting(Thread demo, CountDownLatch over) {
    return new Thread(
        () -> {
          if (over.getCount() == 0) {
            return;
          }
          demo.interrupt();
          try {
            boolean unused = over.await(CLEAN_UP.toSeconds(), TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "stop");
  }
}
