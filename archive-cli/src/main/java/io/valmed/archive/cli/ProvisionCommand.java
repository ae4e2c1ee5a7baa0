package io.valmed.archive.cli;

import io.valmed.archive.provisioning.ArchiveProvisioning;
import io.valmed.archive.provisioning.HotProvisioning;
import io.valmed.archive.provisioning.PlannedStep;
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
      "REPLICA IDENTITY FULL, age indexes and the purge origin), or restores what was there."
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

  @Option(names = "--dry-run", description = "Print the statements; change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Answer with one JSON array.")
  private boolean json;

  @Override
  public Integer call() throws SQLException {
    if (undo && dryRun) {
      throw common.wrong("--undo and --dry-run do not go together; leave one out");
    }
    List<PlannedStep> steps = steps();
    if (json) {
      common.out().println(JsonLine.of(steps.stream().map(ProvisionCommand::map).toList()));
    } else if (steps.isEmpty()) {
      common.out().println("nothing to do: everything is as it should be");
    } else {
      steps.forEach(common.out()::println);
    }
    return ExitCode.OK;
  }

  private List<PlannedStep> steps() throws SQLException {
    switch (database.toLowerCase(Locale.ROOT)) {
      case "hot" -> {
        Settings read = settings.read();
        HotProvisioning hot = new HotProvisioning(read);
        return dryRun ? hot.plan() : undo ? hot.undo() : hot.apply();
      }
      case "archive" -> {
        ArchiveProvisioning archive = new ArchiveProvisioning(settings.read().archive());
        return dryRun ? archive.plan() : undo ? archive.undo() : archive.apply();
      }
      default ->
          throw common.wrong("'" + database + "' cannot be provisioned; write hot or archive");
    }
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
