package io.valmed.archive.cli.service;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.LogFormatOption;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.model.TableId;
import io.valmed.archive.operations.hold.OpenHold;
import io.valmed.archive.operations.repair.JournalRepair;
import io.valmed.archive.operations.repair.RepairResult;
import io.valmed.archive.operations.report.PurgeStatus;
import io.valmed.archive.purge.PurgeOptions;
import io.valmed.archive.purge.PurgeService;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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
    exitCodeList = {
      "0:--once: done; without it: told to stop, and ended in order",
      "1:--once: something stayed in hot; the output says why",
      "2:the settings are wrong; it has not begun",
      "4:it stopped until a person has done something; its last line says what",
      "130:--once: ended by Ctrl-C before that"
    })
public final class PurgeCommand implements Callable<Integer> {
  private static final String WAITED =
      "; waited a minute for it: see that capture and sink run, and which sessions or prepared transactions (pg_prepared_xacts) of hot hold the rows, and run it again";

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  /** It takes effect as it is read. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private LogFormatOption logFormat = new LogFormatOption();

  @Option(
      names = "--once",
      description = {
        "End when nothing is left to purge, or all that is left is refused or held, or nothing could",
        "be purged for a minute: rows are locked, not archived yet, or another worker is at work."
      })
  private boolean once;

  @Override
  public Integer call() throws Exception {
    common.tellStates();
    PurgeService[] purge = new PurgeService[1];
    int code =
        ServiceRun.of(
            "purge",
            once ? ExitCode.INTERRUPTED : ExitCode.OK,
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
    PurgeHolds holds = new PurgeHolds(read);
    holds.pause(scope, reason, who());
    options.out().println("purging is held: " + (table == null ? "all tables" : scope));
    try {
      OpenHold.of(holds.open()).stream()
          .filter(hold -> hold.is(scope, reason))
          .forEach(hold -> options.out().println("it ends with '" + hold.command() + "'"));
    } catch (SQLException | StopException e) {
      options
          .out()
          .println(
              "one of the two databases does not answer; './archive purge status' names the command that ends the hold once both do");
    }
    return ExitCode.OK;
  }

  @Command(
      name = "resume",
      description = {
        "Ends the holds that are named, and no other. Without a name it shows the open holds with",
        "the command for each, and ends none."
      },
      exitCodeList = {
        "0:what was named is released, or nothing is held",
        "1:something is not; the output says what"
      })
  int resume(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(
              names = "--hold",
              paramLabel = "HOLD",
              description = "A hold as 'purge status' calls it, such as hot/3; may be repeated.")
          @Nullable List<String> names,
      @Option(
              names = "--table",
              paramLabel = "TABLE",
              description = "All holds of this table, such as public.orders.")
          @Nullable String table)
      throws SQLException {
    String scope = table == null ? null : parse(options, table).toString();
    HoldRelease release = new HoldRelease(file.read(), options.out(), who());
    return names == null && scope == null
        ? release.ask()
        : release.release(names == null ? List.of() : names, scope);
  }

  @Command(
      name = "status",
      description =
          "Shows open holds, journal pages whose outcome is not known, and what may leave hot.",
      exitCodeList = {"0:purging may go on", "1:it is held, or a table cannot be read"})
  int status(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json)
      throws SQLException {
    PurgeStatus status = PurgeStatus.read(file.read());
    if (json) {
      options.out().println(JsonLine.of(status.toMap()));
    } else {
      status.lines().forEach(options.out()::println);
    }
    boolean read = status.reports().stream().allMatch(report -> report.problem() == null);
    return read && status.holds().isEmpty() && status.comparedWell()
        ? ExitCode.OK
        : ExitCode.CHECK_FAILED;
  }

  @Command(
      name = "repair",
      description = {
        "Moves purged rows whose departure never came from the mirror to the cold store, each only if hot",
        "does not have it and the mirror has the content that the journal proved. Journal pages that an",
        "archive lost when it went back are filled again from the departures first."
      },
      exitCodeList = {
        "0:every purged row has its witness",
        "1:something is left; the output says why",
        ExitCode.INTERRUPTED_LINE
      })
  int repair(
      @Mixin CommonOptions options, @Mixin SettingsOption file, @Mixin LogFormatOption logFormat)
      throws Exception {
    RepairResult result = JournalRepair.run(file.read(), Duration.ofMinutes(2));
    if (result.journalPages() > 0) {
      options
          .out()
          .println(
              "%,10d  pages of the journal, which the archive had lost, filled again from departures"
                  .formatted(result.journalPages()));
    }
    result
        .repaired()
        .forEach(
            (table, rows) ->
                options.out().println("%,10d  %s moved to the cold store".formatted(rows, table)));
    for (RepairResult.Left left : result.left()) {
      options
          .out()
          .println(
              "%,10d  of %s, journal page %d, %s"
                  .formatted(left.rows(), left.table(), left.page(), left.reason().sentence()));
    }
    result
        .released()
        .forEach(table -> options.out().println("released  " + table + " is no longer held"));
    if (!result.caughtUp()) {
      options
          .out()
          .println(
              "the archive does not have all that hot has committed, so departures may be on their way: nothing more is repaired; start capture and sink, and try again");
    }
    return result.caughtUp() && result.left().isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
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
                                  "%,10d  of %s stayed: %s%s"
                                      .formatted(
                                          kept,
                                          table,
                                          reason.word(),
                                          reason.waits() ? WAITED : "")));
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
