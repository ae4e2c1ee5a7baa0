package io.valmed.archive.cli.setup;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.migrations.MigrationStatus;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Both databases at once: what 'migrate' and 'provision' do one by one. */
@Command(
    name = "setup",
    description = {
      "Migrates and provisions both databases, as far as that is still to be done. To read what it",
      "would do: 'archive migrate hot sql', 'archive provision hot --dry-run'; undo is there too."
    },
    exitCodeList = {"0:done", ExitCode.INTERRUPTED_LINE})
public final class SetupCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  @Override
  public Integer call() throws SQLException {
    Settings read = settings.read();
    migrated("archive", Migrations.of(Target.ARCHIVE, read.archive().migrator()).up());
    migrated("hot", Migrations.of(Target.HOT, read.hot().migrator()).up());
    provisioned("hot", new HotProvisioning(read).apply());
    provisioned("archive", new ArchiveProvisioning(read).apply());
    return ExitCode.OK;
  }

  private void migrated(String database, List<MigrationStatus> applied) {
    common.out().println("%-8s %d migration(s) applied".formatted(database, applied.size()));
  }

  private void provisioned(String database, List<PlannedStep> steps) {
    common.out().println("%-8s %d statement(s) provisioned".formatted(database, steps.size()));
    steps.forEach(step -> common.out().println("  " + step));
  }
}
