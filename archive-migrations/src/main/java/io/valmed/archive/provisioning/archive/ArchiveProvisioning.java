package io.valmed.archive.provisioning.archive;

import io.valmed.archive.provisioning.grant.Grants;
import io.valmed.archive.provisioning.grant.LoginRoles;
import io.valmed.archive.provisioning.identity.Adoption;
import io.valmed.archive.provisioning.identity.ArchivedIdentity;
import io.valmed.archive.provisioning.step.IdentityWork;
import io.valmed.archive.provisioning.step.MissingRight;
import io.valmed.archive.provisioning.step.NeededRights;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.provisioning.step.ProvisionRun;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
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

  /** Another archive or hot database than the installation's is refused. */
  public ArchiveProvisioning(Settings settings) {
    this(settings, Adoption.NONE);
  }

  /**
   * @param adoption whether another archive is taken over
   */
  public ArchiveProvisioning(Settings settings, Adoption adoption) {
    this.run =
        new ProvisionRun(
            "archive",
            settings.prefix(),
            settings.archive().migrator(),
            new InArchive(settings, adoption));
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

  /** What {@link #undo} would do now; changes nothing. */
  public List<PlannedStep> planUndo() throws SQLException {
    return run.planUndo();
  }

  /** Every right that {@link #apply} needs and its role lacks; also before migrations. */
  public List<MissingRight> missingRights() throws SQLException {
    return run.missingRights();
  }

  /** Every right that {@link #undo} needs and its role lacks. */
  public List<MissingRight> missingRightsOfUndo() throws SQLException {
    return run.missingRightsOfUndo();
  }

  private record InArchive(Settings all, Adoption adoption) implements ProvisionRun.Wanted {

    @Override
    public IdentityWork identity(Connection connection) throws SQLException {
      return new ArchivedIdentity(all, adoption).compare(connection);
    }

    @Override
    public boolean foresee(Query catalog, boolean migrated, NeededRights rights)
        throws SQLException {
      new ArchiveRights(all, catalog).addTo(rights, migrated);
      return migrated;
    }

    @Override
    public void check(Query catalog) {}

    @Override
    public List<Step> steps(Query catalog) throws SQLException {
      ArchiveSettings settings = all.archive();
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
    public List<Step> removals(Query catalog) {
      return List.of();
    }

    @Override
    public List<PlannedStep> planBeforeUndo(Query catalog) {
      return List.of();
    }

    @Override
    public List<PlannedStep> beforeUndo(Query catalog) {
      return List.of();
    }

    /** The rows stay, so it stays known whose they are. */
    @Override
    public void afterUndo(Connection connection) {}
  }
}
