package io.valmed.archive.provisioning.hot;

import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.provisioning.check.PolicyCheck;
import io.valmed.archive.provisioning.check.PolicyProblem;
import io.valmed.archive.provisioning.check.PolicyRefusedException;
import io.valmed.archive.provisioning.check.ServerCheck;
import io.valmed.archive.provisioning.grant.Grants;
import io.valmed.archive.provisioning.grant.LoginRoles;
import io.valmed.archive.provisioning.identity.Adoption;
import io.valmed.archive.provisioning.identity.HotIdentity;
import io.valmed.archive.provisioning.step.IdentityWork;
import io.valmed.archive.provisioning.step.MissingRight;
import io.valmed.archive.provisioning.step.NeededRights;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.provisioning.step.ProvisionRun;
import io.valmed.archive.provisioning.step.ReplicationSlots;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the policy needs in the hot database: login roles with their rights, REPLICA IDENTITY FULL,
 * the publication, an index on each root's age and the purge worker's replication origin. The
 * replication slot is capture's to create, and this undo's to drop: it is recorded beforehand.
 *
 * <p>All methods throw {@link StopException} (with everything that is wrong, as {@link
 * PolicyRefusedException}) when a person must act first, and {@link SQLException} when the database
 * cannot be reached. {@link #apply} does all or nothing; {@link #undo} can be continued by another.
 */
public final class HotProvisioning {
  private final ProvisionRun run;

  /** Another hot database than the installation's is refused. */
  public HotProvisioning(Settings settings) {
    this(settings, Adoption.NONE);
  }

  /**
   * @param adoption whether another hot database is taken over
   */
  public HotProvisioning(Settings settings, Adoption adoption) {
    this.run =
        new ProvisionRun(
            "hot", settings.prefix(), settings.hot().migrator(), new InHot(settings, adoption));
  }

  /** What {@link #apply} would do now; changes nothing. */
  public List<PlannedStep> plan() throws SQLException {
    return run.plan();
  }

  /** Does what is missing, and takes back what the policy no longer asks for. */
  public List<PlannedStep> apply() throws SQLException {
    return run.apply();
  }

  /** Restores everything as it was before the first {@link #apply}, and drops the slot. */
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

  private record InHot(Settings settings, Adoption adoption) implements ProvisionRun.Wanted {

    @Override
    public IdentityWork identity(Connection connection) throws SQLException {
      return new HotIdentity(settings, adoption).compare(connection);
    }

    @Override
    public boolean foresee(Query catalog, boolean migrated, NeededRights rights)
        throws SQLException {
      return new HotRights(settings, catalog).addTo(rights, migrated);
    }

    @Override
    public void check(Query catalog) throws SQLException {
      Policy policy = settings.policy();
      List<PolicyProblem> problems =
          new ArrayList<>(new ServerCheck(settings.capture().slot()).check(catalog.connection()));
      problems.addAll(new PolicyCheck(settings).check(catalog.connection()));
      problems.addAll(new TableOwners(catalog, settings.prefix()).problems(policy.tables()));
      PolicyRefusedException.unlessFree(problems);
    }

    @Override
    public List<Step> steps(Query catalog) throws SQLException {
      List<PolicyTable> tables = settings.policy().tables();
      List<Step> steps = new ArrayList<>();
      LoginRoles roles = new LoginRoles(catalog);
      steps.addAll(roles.steps(settings.hot().capture(), true));
      steps.addAll(roles.steps(settings.hot().purger(), false));
      steps.addAll(
          Grants.ofCapture(catalog, settings.hot().capture().user(), settings.prefix(), tables));
      steps.addAll(
          Grants.ofPurger(catalog, settings.hot().purger().user(), settings.prefix(), tables));
      steps.addAll(new ReplicaIdentities(catalog).steps(tables));
      steps.addAll(
          new PublishedTables(catalog, settings.prefix(), settings.capture().publication())
              .steps(tables));
      steps.addAll(new AgeIndexes(catalog).steps(settings.policy().roots()));
      steps.addAll(new TableOwners(catalog, settings.prefix()).steps(tables));
      steps.addAll(new ReplicationSlots(catalog, settings).steps());
      steps.addAll(
          new PurgeOrigin(catalog)
              .steps(
                  settings
                      .purge()
                      .origin(settings.prefix(), DatabaseIdentity.of(catalog.connection()).oid())));
      return steps;
    }

    @Override
    public List<Step> removals(Query catalog) throws SQLException {
      return new PublishedTables(catalog, settings.prefix(), settings.capture().publication())
          .removals(settings.policy().tables());
    }

    @Override
    public List<PlannedStep> planBeforeUndo(Query catalog) throws SQLException {
      new HotIdentity(settings, adoption).beforeUndo(catalog.connection());
      return new ReplicationSlots(catalog, settings).plan();
    }

    @Override
    public List<PlannedStep> beforeUndo(Query catalog) throws SQLException {
      new HotIdentity(settings, adoption).beforeUndo(catalog.connection());
      return new ReplicationSlots(catalog, settings).drop();
    }

    /** Slot and publication are free for another; archive and topics remember whose they were. */
    @Override
    public void afterUndo(Connection connection) throws SQLException {
      new InstallationTable(connection).remove(settings.prefix());
    }
  }
}
