package io.valmed.archive.cli;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.local.BenchCommand;
import io.valmed.archive.cli.local.DemoCommand;
import io.valmed.archive.cli.local.SampleCommand;
import io.valmed.archive.cli.local.StackCommand;
import io.valmed.archive.cli.look.AlarmsCommand;
import io.valmed.archive.cli.look.DoctorCommand;
import io.valmed.archive.cli.look.EpochCommand;
import io.valmed.archive.cli.look.LagCommand;
import io.valmed.archive.cli.look.QuarantineCommand;
import io.valmed.archive.cli.look.ReportCommand;
import io.valmed.archive.cli.look.StatusCommand;
import io.valmed.archive.cli.look.VerifyCommand;
import io.valmed.archive.cli.service.ApiCommand;
import io.valmed.archive.cli.service.CaptureCommand;
import io.valmed.archive.cli.service.PurgeCommand;
import io.valmed.archive.cli.service.SinkCommand;
import io.valmed.archive.cli.setup.InitCommand;
import io.valmed.archive.cli.setup.MigrateCommand;
import io.valmed.archive.cli.setup.ProvisionCommand;
import io.valmed.archive.cli.setup.SetupCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The root: names its verbs. */
@Command(
    name = "archive",
    description = "Keeps a hot PostgreSQL small without ever losing a record.",
    versionProvider = Release.Line.class,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      DemoCommand.class,
      CaptureCommand.class,
      SinkCommand.class,
      PurgeCommand.class,
      ApiCommand.class,
      StatusCommand.class,
      LagCommand.class,
      VerifyCommand.class,
      ReportCommand.class,
      QuarantineCommand.class,
      AlarmsCommand.class,
      EpochCommand.class,
      InitCommand.class,
      SetupCommand.class,
      MigrateCommand.class,
      ProvisionCommand.class,
      DoctorCommand.class,
      StackCommand.class,
      SampleCommand.class,
      BenchCommand.class,
      VersionCommand.class
    },
    exitCodeListHeading = "%nExit codes%n",
    exitCodeList = {
      "0:all was done, and every check held",
      "1:a check failed; the output says which",
      "2:the arguments or the settings are wrong; nothing was done",
      "3:a database or the broker did not answer",
      "4:stopped until a person has done something; the message says what",
      "70:a fault of the product's own",
      "130:ended by Ctrl-C (services end with 0)"
    },
    footer = {"", "Try it:  archive demo --once --orders 5000", "Each verb has its own --help."})
final class ArchiveCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  /** Picocli itself answers it; nothing is left to do here. */
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  void setVersion(boolean wanted) {}

  @Override
  public void run() {
    throw common.verbMissing();
  }
}
