package io.valmed.archive.cli.setup;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.migrations.MigrationStatus;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The product's own objects in a database, by reversible migrations. */
@Command(
    name = "migrate",
    description = "Makes, shows or undoes the product's own tables in a database.",
    exitCodeList = {"0:done", "1:status: a migration is pending", ExitCode.INTERRUPTED_LINE})
public final class MigrateCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  @Parameters(
      index = "0",
      paramLabel = "DATABASE",
      description = "hot, archive, or sample (ValMed's own tables, for trials).")
  private String database = "";

  @Parameters(
      index = "1",
      paramLabel = "ACTION",
      description = "status, up, down, or sql (prints what up would run).")
  private String action = "";

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "1",
      description = "down: how many of the newest to undo (default: ${DEFAULT-VALUE}).")
  private int steps = 1;

  @Option(names = "--all", description = "down: undo all.")
  private boolean all;

  @Option(names = "--json", description = "Answer with one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws SQLException {
    Target target = target();
    if (steps < 1) {
      throw common.wrong("--steps must be at least 1, but is " + steps);
    }
    Settings read = settings.read();
    Migrations migrations =
        Migrations.of(
            target, target == Target.ARCHIVE ? read.archive().migrator() : read.hot().migrator());
    switch (action) {
      case "status" -> {
        List<MigrationStatus> status = migrations.status();
        show(status, null);
        tellSetAside(migrations);
        boolean complete = status.stream().allMatch(MigrationStatus::applied);
        return complete ? ExitCode.OK : ExitCode.CHECK_FAILED;
      }
      case "up" -> show(migrations.up(), "applied");
      case "down" -> {
        show(migrations.down(all ? Integer.MAX_VALUE : steps), "undone");
        tellSetAside(migrations);
      }
      case "sql" -> common.out().print(migrations.sql());
      default -> throw common.wrong("'" + action + "' is no action; write status, up, down or sql");
    }
    return ExitCode.OK;
  }

  private Target target() {
    return switch (database.toLowerCase(Locale.ROOT)) {
      case "hot" -> Target.HOT;
      case "archive" -> Target.ARCHIVE;
      case "sample" -> Target.SAMPLE;
      default ->
          throw common.wrong("'" + database + "' has no migrations; write hot, archive or sample");
    };
  }

  private void show(List<MigrationStatus> migrations, @Nullable String done) {
    if (json) {
      common.out().println(JsonLine.of(migrations.stream().map(MigrateCommand::map).toList()));
      return;
    }
    if (migrations.isEmpty()) {
      common.out().println("nothing to do: no migration was " + done);
    }
    for (MigrationStatus migration : migrations) {
      String state = done != null ? done : migration.applied() ? "applied" : "pending";
      String when = migration.appliedAt() == null ? "" : "  " + migration.appliedAt();
      common
          .out()
          .println(
              "%-8s %03d %s%s".formatted(state, migration.id(), migration.description(), when));
    }
  }

  /** To people: what reads JSON asks the database. */
  private void tellSetAside(Migrations migrations) throws SQLException {
    List<String> tables = json ? List.of() : migrations.setAside();
    if (!tables.isEmpty()) {
      common
          .out()
          .println(
              "set aside with their records, until 'archive migrate %s up' takes them back: %s"
                  .formatted(database.toLowerCase(Locale.ROOT), String.join(", ", tables)));
    }
  }

  private static Map<String, @Nullable Object> map(MigrationStatus migration) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", migration.id());
    map.put("description", migration.description());
    map.put("applied_at", migration.appliedAt());
    return map;
  }
}
