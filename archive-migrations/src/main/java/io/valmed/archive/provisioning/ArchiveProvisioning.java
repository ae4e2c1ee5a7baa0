package io.valmed.archive.provisioning;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The archive's login roles, as members of the groups that hold the rights.
 *
 * <p>All methods throw {@link StopException} when a person must act first and {@link SQLException}
 * when the database cannot be reached.
 */
public final class ArchiveProvisioning {
  private final ProvisionRun run;

  public ArchiveProvisioning(ArchiveSettings settings) {
    this.run = new ProvisionRun("archive", settings.migrator(), new InArchive(settings));
  }

  /** What {@link #apply} would do now; changes nothing. */
  public List<PlannedStep> plan() throws SQLException {
    return run.plan();
  }

  /** Does what is missing, and takes back what the settings no longer name. */
  public List<PlannedStep> apply() throws SQLException {
    return run.apply();
  }

  /** Restores roles, memberships and rights as they were before the first {@link #apply}. */
  public List<PlannedStep> undo() throws SQLException {
    return run.undo();
  }

  private record InArchive(ArchiveSettings settings) implements ProvisionRun.Wanted {

    @Override
    public List<Step> steps(Catalog catalog) throws SQLException {
      List<Step> steps = new ArrayList<>();
      LoginRoles roles = new LoginRoles(catalog);
      steps.addAll(roles.steps(settings.sink(), false));
      steps.addAll(roles.steps(settings.purger(), false));
      steps.addAll(roles.steps(settings.reader(), false));
      steps.addAll(Grants.inArchive(catalog, settings.sink().user(), "arc_sink_group", true));
      steps.addAll(Grants.inArchive(catalog, settings.purger().user(), "arc_purger_group", true));
      steps.addAll(Grants.inArchive(catalog, settings.reader().user(), "arc_reader_group", false));
      return steps;
    }

    @Override
    public List<Step> removals(Catalog catalog) {
      return List.of();
    }

    @Override
    public List<PlannedStep> beforeUndo(Catalog catalog) {
      return List.of();
    }
  }
}
