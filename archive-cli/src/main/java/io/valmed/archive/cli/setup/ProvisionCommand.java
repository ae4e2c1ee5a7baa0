package io.valmed.archive.cli.setup;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.identity.Adoption;
import io.valmed.archive.provisioning.identity.FormerInstallation;
import io.valmed.archive.provisioning.step.MissingRight;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.provisioning.step.RightsMissingException;
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

/** What depends on the policy: roles, grants, publication, replica identity, indexes, origin. */
@Command(
    name = "provision",
    description = {
      "Gives a database what the policy needs (roles and grants; in hot also the publication,",
      "REPLICA IDENTITY FULL, age indexes and the purge origin), or restores what was there.",
      "Records which installation it belongs to, and refuses a database of another one."
    },
    exitCodeList = {"0:done", ExitCode.INTERRUPTED_LINE})
public final class ProvisionCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  @Parameters(index = "0", paramLabel = "DATABASE", description = "hot or archive.")
  private String database = "";

  @Option(
      names = "--undo",
      description =
          "Restore everything as it was before; in hot also drop its replication slots, however they were called.")
  private boolean undo;

  @Option(
      names = "--dry-run",
      description =
          "Print the statements, of --undo too, and the rights that are missing; change nothing.")
  private boolean dryRun;

  @Option(
      names = "--adopt",
      description =
          "Take over another database than the installation had: hot was moved, or the archive built anew. Needs --reason.")
  private boolean adopt;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why; kept in arc.installation_change.")
  private String reason = "";

  @Option(
      names = "--prefix",
      paramLabel = "NAME",
      description =
          "With --undo: the installation that is undone, when it is no longer that of the settings.")
  private String prefix = "";

  @Option(names = "--json", description = "Answer with one JSON array.")
  private boolean json;

  @Override
  public Integer call() throws SQLException {
    if (adopt == reason.isBlank() || (adopt && undo)) {
      throw common.wrong("--adopt needs --reason, which needs --adopt; neither goes with --undo");
    }
    if (!prefix.isEmpty() && !undo) {
      throw common.wrong("--prefix goes with --undo");
    }
    List<PlannedStep> steps = steps();
    if (json) {
      common.out().println(JsonLine.of(steps.stream().map(ProvisionCommand::map).toList()));
    } else if (steps.isEmpty()) {
      common.out().println("nothing to do: everything is as it should be");
    } else {
      steps.forEach(common.out()::println);
    }
    if (undo && !json) {
      tellLeft();
    }
    if (dryRun) {
      // Behind the statements: those who may not run them see what they need.
      mayRunThem();
    }
    return ExitCode.OK;
  }

  private List<PlannedStep> steps() throws SQLException {
    switch (database.toLowerCase(Locale.ROOT)) {
      case "hot" -> {
        HotProvisioning hot = new HotProvisioning(read(), adoption());
        if (dryRun) {
          return undo ? hot.planUndo() : hot.plan();
        }
        return undo ? hot.undo() : hot.apply();
      }
      case "archive" -> {
        ArchiveProvisioning archive = new ArchiveProvisioning(read(), adoption());
        if (dryRun) {
          return undo ? archive.planUndo() : archive.plan();
        }
        return undo ? archive.undo() : archive.apply();
      }
      default ->
          throw common.wrong("'" + database + "' cannot be provisioned; write hot or archive");
    }
  }

  private Settings read() throws SQLException {
    Settings read = settings.read();
    return prefix.isEmpty() ? read : FormerInstallation.of(prefix, read);
  }

  /** To people: undo leaves what migrations have made, and what they once set aside. */
  private void tellLeft() throws SQLException {
    boolean hot = database.equalsIgnoreCase("hot");
    Settings read = read();
    String name = hot ? "hot" : "archive";
    common
        .out()
        .println(
            "left behind: schema arc with the product's own tables%s; './archive migrate %s down --all' takes it away"
                .formatted(hot ? "" : ", and all that is archived", name));
    List<String> aside =
        Migrations.of(
                hot ? Target.HOT : Target.ARCHIVE,
                hot ? read.hot().migrator() : read.archive().migrator())
            .setAside();
    if (!aside.isEmpty()) {
      common
          .out()
          .println(
              "left behind by an earlier 'migrate %s down', with their records: %s; './archive migrate %s up' takes them back, DROP TABLE takes them away"
                  .formatted(name, String.join(", ", aside), name));
    }
  }

  private void mayRunThem() throws SQLException {
    Settings read = read();
    boolean hot = database.equalsIgnoreCase("hot");
    HotProvisioning inHot = new HotProvisioning(read, adoption());
    ArchiveProvisioning inArchive = new ArchiveProvisioning(read, adoption());
    List<MissingRight> missing;
    if (undo) {
      missing = hot ? inHot.missingRightsOfUndo() : inArchive.missingRightsOfUndo();
    } else {
      missing = hot ? inHot.missingRights() : inArchive.missingRights();
    }
    RightsMissingException.unlessNone(
        hot ? "hot" : "archive", hot ? read.hot().migrator() : read.archive().migrator(), missing);
  }

  private Adoption adoption() {
    return adopt ? new Adoption(reason) : Adoption.NONE;
  }

  private static Map<String, @Nullable Object> map(PlannedStep step) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("kind", step.kind());
    map.put("name", step.name());
    map.put("sql", step.sql());
    map.put("note", step.note());
    return map;
  }
}
