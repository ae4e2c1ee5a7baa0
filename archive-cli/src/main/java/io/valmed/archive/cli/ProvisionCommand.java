package io.valmed.archive.cli;

import io.valmed.archive.provisioning.Adoption;
import io.valmed.archive.provisioning.ArchiveProvisioning;
import io.valmed.archive.provisioning.HotProvisioning;
import io.valmed.archive.provisioning.MissingRight;
import io.valmed.archive.provisioning.PlannedStep;
import io.valmed.archive.provisioning.RightsMissingException;
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
    })
final class ProvisionCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  @Parameters(index = "0", paramLabel = "DATABASE", description = "hot or archive.")
  private String database = "";

  @Option(
      names = "--undo",
      description = "Restore everything as it was before; in hot also drop the replication slot.")
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

  @Option(names = "--json", description = "Answer with one JSON array.")
  private boolean json;

  @Override
  public Integer call() throws SQLException {
    if (adopt == reason.isBlank() || (adopt && undo)) {
      throw common.wrong("--adopt needs --reason, which needs --adopt; neither goes with --undo");
    }
    List<PlannedStep> steps = steps();
    if (json) {
      common.out().println(JsonLine.of(steps.stream().map(ProvisionCommand::map).toList()));
    } else if (steps.isEmpty()) {
      common.out().println("nothing to do: everything is as it should be");
    } else {
      steps.forEach(common.out()::println);
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
        HotProvisioning hot = new HotProvisioning(settings.read(), adoption());
        if (dryRun) {
          return undo ? hot.planUndo() : hot.plan();
        }
        return undo ? hot.undo() : hot.apply();
      }
      case "archive" -> {
        ArchiveProvisioning archive = new ArchiveProvisioning(settings.read(), adoption());
        if (dryRun) {
          return undo ? archive.planUndo() : archive.plan();
        }
        return undo ? archive.undo() : archive.apply();
      }
      default ->
          throw common.wrong("'" + database + "' cannot be provisioned; write hot or archive");
    }
  }

  private void mayRunThem() throws SQLException {
    Settings read = settings.read();
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
