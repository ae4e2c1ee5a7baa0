package io.valmed.archive.demo;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.TableId;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.sample.LiveCounts;
import io.valmed.archive.sample.SampleLoader;
import io.valmed.archive.sample.StackSettings;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The demo from an empty machine to the last check. */
public final class DemoRun {
  private final DemoOptions options;
  private final Progress progress;
  private final boolean verbose;
  private final long begun = System.nanoTime();

  DemoRun(DemoOptions options, Progress progress, boolean verbose) {
    this.options = options;
    this.progress = progress;
    this.verbose = verbose;
  }

  /**
   * Runs a demo.
   *
   * @param columns how wide the terminal is; 0: there is none, plain lines are told
   * @param verbose the servers write more into their logs
   * @param err where progress is told
   */
  public static DemoResult run(DemoOptions options, int columns, boolean verbose, PrintWriter err)
      throws Exception {
    try (Progress progress = columns > 0 ? new BarProgress(err, columns) : new LineProgress(err)) {
      return new DemoRun(options, progress, verbose).run();
    }
  }

  /** Runs until everything is shown; with {@code once} unset until it is interrupted. */
  DemoResult run() throws Exception {
    StackOptions wanted =
        options.directory() == null
            ? StackOptions.temporary()
            : StackOptions.keptIn(options.directory());
    progress.say("Starting PostgreSQL (hot, archive) and Kafka");
    try (LocalStack stack = LocalStack.start(wanted.withVerbose(verbose))) {
      stack.notes().forEach(progress::say);
      Path file = StackSettings.write(stack.state());
      Settings settings = SettingsReader.read(file, Map.of());
      prepare(settings);
      try (Connection hot = settings.hot().migrator().connect("archive demo");
          Connection archive = settings.archive().migrator().connect("archive demo")) {
        return onTheWay(settings, file, hot, archive);
      }
    }
  }

  private void prepare(Settings settings) throws SQLException {
    progress.say("Migrating and provisioning both databases");
    Migrations.of(Target.SAMPLE, settings.hot().migrator()).up();
    Migrations.of(Target.HOT, settings.hot().migrator()).up();
    Migrations.of(Target.ARCHIVE, settings.archive().migrator()).up();
    new HotProvisioning(settings).apply();
    new ArchiveProvisioning(settings).apply();
  }

  private DemoResult onTheWay(Settings settings, Path file, Connection hot, Connection archive)
      throws Exception {
    DemoChecks checks = new DemoChecks(settings, hot, archive);
    List<TableId> tables = checks.tables();
    Map<String, Long> loaded = load(hot);
    TableSizes sizes = new TableSizes(hot);
    Map<TableId, Long> before = sizes.bytes(tables);
    try (Pipeline pipeline = Pipeline.start(settings)) {
      String page = options.once() ? "" : pipeline.startPage();
      if (!options.once()) {
        progress.say("Status page: " + page);
      }
      Stages stages = new Stages(pipeline, checks, progress);
      // Before capture watches, a deleted row would leave no trace to follow.
      stages.watched();
      pipeline.startTraffic(options.liveRate(), System.nanoTime());
      stages.archive(loaded.values().stream().mapToLong(Long::longValue).sum());
      stages.release();
      stages.purge();
      if (!options.once()) {
        stayUp(pipeline, file, page);
      }
      LiveCounts live = stages.settle();
      progress.say("Comparing all of hot with the archive");
      DemoResult result = checks.result(loaded, live);
      sizes.compact(tables);
      new DemoSummary(progress).tell(result, before, sizes.bytes(tables), seconds());
      return result;
    }
  }

  private Map<String, Long> load(Connection hot) throws SQLException {
    // A kept hospital goes on with new orders; the first one is the same for everyone.
    boolean empty =
        new TableSizes(hot)
            .rows(List.of(TableId.parse("public.users"))).values().stream()
                .allMatch(rows -> rows == 0);
    long expected = SampleLoader.expectedRows(options.orders());
    Progress.Bar bar = progress.begin("load", "rows", expected);
    try {
      return new SampleLoader(hot, rows -> bar.at(rows, expected))
          .load(options.orders(), options.history(), empty ? 1 : System.currentTimeMillis());
    } finally {
      bar.end();
    }
  }

  /** Goes on until Ctrl-C interrupts it. */
  private void stayUp(Pipeline pipeline, Path file, String page) throws Exception {
    progress.say(
        "All is running, and the wards go on; Ctrl-C ends it. Look at %s or ./archive purge status --config %s"
            .formatted(page, file));
    while (true) {
      pipeline.check();
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }
}
