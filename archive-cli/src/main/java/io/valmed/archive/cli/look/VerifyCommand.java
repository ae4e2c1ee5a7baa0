package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.LogFormatOption;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.databases.witness.WitnessCheck;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.operations.verify.VerificationResult;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.yaml.Durations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All of hot against the mirror. */
@Command(
    name = "verify",
    description = {
      "Compares every row in hot with the archive, in both directions, without blocking writers.",
      "Rows that are unequal are looked at again once the archive has passed that point."
    },
    exitCodeList = {
      "0:every row is equal",
      "1:a row is missing, differs or is extra",
      "4:not known: the archive has not caught up with hot, so that what differs may be late",
      ExitCode.INTERRUPTED_LINE
    })
public final class VerifyCommand implements Callable<Integer> {
  private static final String UNKNOWN =
      "Not known: the archive has not caught up with hot within --catch-up, so what differs may merely be late. See with './archive doctor' that capture and sink run, and verify again.";

  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  /** It takes effect as it is read. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private LogFormatOption logFormat = new LogFormatOption();

  @Option(
      names = "--catch-up",
      paramLabel = "TIME",
      defaultValue = "1m",
      description = "How long to wait for the archive to catch up (default: ${DEFAULT-VALUE}).")
  private String catchUp = "1m";

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "10",
      description = "List at most so many unequal rows a table (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (samples < 0) {
      throw common.wrong("--samples must not be negative, but is " + samples);
    }
    VerificationOptions options =
        new VerificationOptions(
            Durations.parse(catchUp)
                .orElseThrow(
                    () ->
                        common.wrong(
                            "--catch-up '" + catchUp + "' is not a duration; write 30s, 5m or 1h")),
            VerificationOptions.DEFAULT.looks(),
            samples);
    Settings read = settings.read();
    VerificationResult result = Verification.run(read, options);
    if (json) {
      common.out().println(result.toJson());
    } else {
      if (unknown(result)) {
        common.out().println(UNKNOWN);
      }
      result.tables().forEach(table -> tell(table, unknown(result)));
      result.witnesses().forEach(this::tell);
      common.out().println(summary(result));
    }
    return code(result);
  }

  /** Whether what differs may merely be late: no difference is known to be one. */
  private static boolean unknown(VerificationResult result) {
    return !result.caughtUp() && !result.clean();
  }

  /** A difference that may be late is no difference yet, and no equality either. */
  static int code(VerificationResult result) {
    return result.clean()
        ? ExitCode.OK
        : unknown(result) ? ExitCode.STOPPED : ExitCode.CHECK_FAILED;
  }

  private void tell(VerificationResult.Table table, boolean unknown) {
    if (table.problem() != null) {
      common.out().println("FAIL  " + table.table() + "  " + table.problem());
      return;
    }
    common
        .out()
        .println(
            "%-4s  %-36s %,d rows, %,d missing, %,d differ, %,d extra, %,d in flight"
                .formatted(
                    table.clean() ? "ok" : unknown ? "late" : "FAIL",
                    table.table(),
                    table.rows(),
                    table.missing(),
                    table.differs(),
                    table.extra(),
                    table.inFlight()));
    table.samples().forEach(sample -> common.out().println("        " + sample));
  }

  private void tell(WitnessCheck check) {
    if (check.problem() != null) {
      common.out().println("FAIL  " + check.table() + "  " + check.problem());
      return;
    }
    common
        .out()
        .println(
            "%-4s  %-36s %,d purged, %,d witnessed, %,d as unseen or superseded, %,d without a witness, %,d without a journal page"
                .formatted(
                    check.clean() ? "ok" : "FAIL",
                    check.table(),
                    check.purged(),
                    check.witnessed(),
                    check.otherwise(),
                    check.missing(),
                    check.unjournaled()));
    check
        .unwitnessed()
        .forEach(
            row ->
                common
                    .out()
                    .println("        journal page " + row.page() + "  digest " + row.digest()));
  }

  /** What it comes to, with the way out. */
  static String summary(VerificationResult result) {
    if (unknown(result)) {
      return UNKNOWN;
    }
    if (result.caughtUp() && !result.witnessed()) {
      return "Journal and cold store do not tell the same of what was purged: run './archive purge repair', then verify again; if they still do not, hold purging ('archive purge pause --reason …') and look into it.";
    }
    if (result.clean()) {
      long inFlight = result.tables().stream().mapToLong(VerificationResult.Table::inFlight).sum();
      return inFlight == 0
          ? "Every row of hot is in the archive, equal."
          : "No row of hot was seen to be wrong in the archive; %,d changed at every look, so that no look could tell: verify again."
              .formatted(inFlight);
    }
    long unread = result.tables().stream().filter(table -> table.problem() != null).count();
    if (result.tables().stream().allMatch(table -> table.clean() || table.problem() != null)) {
      return "%,d table(s) could not be compared; every row of the others is in the archive, equal."
          .formatted(unread);
    }
    if (result.caughtUp() && result.tables().stream().allMatch(VerifyCommand::onlyExtra)) {
      return "Every row of hot is in the archive, equal, but rows left hot without a word (TRUNCATE, or a time when nobody captured) and still stand in the mirror: nothing is lost. If they were meant to go, run './archive capture --new-epoch', which moves them to the cold store as unseen, and then './archive verify'; if not, put hot right first.";
    }
    return "Hot and archive differ: hold purging ('archive purge pause --reason …') and look into it.";
  }

  private static boolean onlyExtra(VerificationResult.Table table) {
    return table.problem() == null && table.missing() + table.differs() == 0;
  }
}
