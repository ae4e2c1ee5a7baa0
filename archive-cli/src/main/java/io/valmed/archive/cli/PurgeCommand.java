package io.valmed.archive.cli;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.PurgeCounts;
import io.valmed.archive.purge.PurgeOptions;
import io.valmed.archive.purge.PurgeService;
import io.valmed.archive.purge.postgres.PurgeHolds;
import io.valmed.archive.purge.postgres.PurgeReport;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Out of hot, after proof. */
@Command(
    name = "purge",
    description = {
      "Deletes settled, cold rows from hot, each only after its archived copy was proven equal,",
      "until told to stop (SIGTERM, Ctrl-C)."
    },
    synopsisSubcommandLabel = "[VERB]",
    exitCodeList = {"0:done", "1:--once: something stayed in hot; the output says why"})
final class PurgeCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  @Option(
      names = "--once",
      description = "End when nothing is left to purge, or all that is left is refused or held.")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    common.tellStates();
    PurgeService[] purge = new PurgeService[1];
    int code =
        ServiceRun.of(
            "purge",
            () -> {
              purge[0] = PurgeService.start(settings.read(), new PurgeOptions(once));
              return service(purge[0]);
            });
    if (!once) {
      return code;
    }
    PurgeCounts counts = purge[0].counts();
    tell(counts);
    boolean stayed =
        counts.roots().values().stream()
            .anyMatch(root -> root.held() != null || !root.kept().isEmpty());
    return code == ExitCode.OK && stayed ? ExitCode.CHECK_FAILED : code;
  }

  @Command(name = "pause", description = "Holds purging by every worker, until resumed.")
  int pause(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(
              names = "--table",
              paramLabel = "TABLE",
              description = "Hold this table's purging only, such as public.orders.")
          @Nullable String table,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "Why; shown to whoever asks.")
          String reason)
      throws SQLException {
    @Nullable TableId one = table == null ? null : parse(options, table);
    Settings read = file.read();
    if (one != null && read.policy().find(one).filter(t -> t.role().purgeable()).isEmpty()) {
      throw options.wrong(one + " is no table that the policy purges; nothing is held");
    }
    String scope = one == null ? "*" : one.toString();
    new PurgeHolds(read).pause(scope, reason, who());
    options.out().println("purging is held: " + (table == null ? "all tables" : scope));
    return ExitCode.OK;
  }

  @Command(name = "resume", description = "Releases every hold.")
  int resume(@Mixin CommonOptions options, @Mixin SettingsOption file) throws SQLException {
    int released = new PurgeHolds(file.read()).resume(who());
    options.out().println(released + " hold(s) released: purging goes on");
    return ExitCode.OK;
  }

  @Command(
      name = "status",
      description = "Shows open holds and what may leave hot.",
      exitCodeList = {"0:purging may go on", "1:it is held"})
  int status(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json)
      throws SQLException {
    Settings read = file.read();
    List<PurgeHolds.Hold> holds = new PurgeHolds(read).open();
    List<PurgeReport> reports = PurgeReport.read(read);
    if (json) {
      options.out().println(JsonLine.of(map(holds, reports)));
    } else {
      for (PurgeHolds.Hold hold : holds) {
        options
            .out()
            .println(
                "held  %s by %s since %s (in %s): %s"
                    .formatted(
                        hold.scope(),
                        hold.heldBy(),
                        hold.heldAt(),
                        hold.database(),
                        hold.reason()));
      }
      reports.forEach(report -> options.out().println(line(report)));
    }
    return holds.isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }

  private static String line(PurgeReport report) {
    return report.problem() != null
        ? "FAIL  " + report.table() + "  " + report.problem()
        : "%-36s %,d rows: %,d settled and cold, %,d cold but not settled, %,d without age"
            .formatted(
                report.table(),
                report.rows(),
                report.eligible(),
                report.unsettled(),
                report.undated());
  }

  private static Map<String, Object> map(List<PurgeHolds.Hold> holds, List<PurgeReport> reports) {
    List<Map<String, Object>> held = new ArrayList<>();
    for (PurgeHolds.Hold hold : holds) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("database", hold.database());
      one.put("scope", hold.scope());
      one.put("reason", hold.reason());
      one.put("held_by", hold.heldBy());
      one.put("held_at", hold.heldAt());
      held.add(one);
    }
    Map<String, Object> tables = new LinkedHashMap<>();
    for (PurgeReport report : reports) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("rows", report.rows());
      one.put("eligible", report.eligible());
      one.put("unsettled", report.unsettled());
      one.put("undated", report.undated());
      one.put("problem", report.problem());
      tables.put(report.table().toString(), one);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("held", held);
    all.put("tables", tables);
    return all;
  }

  private void tell(PurgeCounts counts) {
    counts
        .rows()
        .forEach((table, rows) -> common.out().println("%,10d  %s purged".formatted(rows, table)));
    counts
        .roots()
        .forEach(
            (table, root) -> {
              root.kept()
                  .forEach(
                      (reason, kept) ->
                          common
                              .out()
                              .println(
                                  "%,10d  of %s stayed: %s".formatted(kept, table, reason.word())));
              if (root.held() != null) {
                common.out().println("      held  " + table + ": " + root.held());
              }
            });
  }

  private static TableId parse(CommonOptions options, String table) {
    try {
      return TableId.parse(table);
    } catch (IllegalArgumentException e) {
      throw options.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static String who() {
    return System.getProperty("user.name", "unknown");
  }

  private static ServiceRun.Service service(PurgeService purge) {
    return new ServiceRun.Service() {
      @Override
      public LoopState state() {
        return purge.state();
      }

      @Override
      public void stop() {
        purge.stop();
      }

      @Override
      public void awaitEnd() throws InterruptedException {
        purge.awaitEnd();
      }

      @Override
      public void close() {
        purge.close();
      }

      @Override
      public int healthPort() {
        return purge.healthPort();
      }
    };
  }
}
