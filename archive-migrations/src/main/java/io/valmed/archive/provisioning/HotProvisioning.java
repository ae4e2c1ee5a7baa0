package io.valmed.archive.provisioning;

import io.valmed.archive.model.Policy;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the policy needs in the hot database: login roles with their rights, REPLICA IDENTITY FULL,
 * the publication, an index on each root's age and the purge worker's replication origin. The
 * replication slot is capture's to create, and this undo's to drop.
 *
 * <p>All methods throw {@link StopException} (with everything that is wrong, as {@link
 * PolicyRefusedException}) when a person must act first, and {@link SQLException} when the database
 * cannot be reached. What was begun can be continued by {@link #apply} and taken back by {@link
 * #undo}.
 */
public final class HotProvisioning {
  private final ProvisionRun run;

  public HotProvisioning(Settings settings) {
    this.run = new ProvisionRun("hot", settings.hot().migrator(), new InHot(settings));
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

  private record InHot(Settings settings) implements ProvisionRun.Wanted {

    @Override
    public List<Step> steps(Catalog catalog) throws SQLException {
      Policy policy = settings.policy();
      List<PolicyProblem> problems =
          new ArrayList<>(new ServerCheck(settings.capture().slot()).check(catalog.connection()));
      problems.addAll(new PolicyCheck(policy, settings.topics()).check(catalog.connection()));
      PolicyRefusedException.unlessFree(problems);

      List<PolicyTable> tables = policy.tables();
      List<Step> steps = new ArrayList<>();
      LoginRoles roles = new LoginRoles(catalog);
      steps.addAll(roles.steps(settings.hot().capture(), true));
      steps.addAll(roles.steps(settings.hot().purger(), false));
      steps.addAll(Grants.ofCapture(catalog, settings.hot().capture().user(), tables));
      steps.addAll(Grants.ofPurger(catalog, settings.hot().purger().user(), tables));
      steps.addAll(new ReplicaIdentities(catalog).steps(tables));
      steps.addAll(new PublishedTables(catalog, settings.capture().publication()).steps(tables));
      steps.addAll(new AgeIndexes(catalog).steps(policy.roots()));
      steps.addAll(new PurgeOrigin(catalog).steps(settings.purge().origin()));
      return steps;
    }

    @Override
    public List<Step> removals(Catalog catalog) throws SQLException {
      return new PublishedTables(catalog, settings.capture().publication())
          .removals(settings.policy().tables());
    }

    @Override
    public List<PlannedStep> beforeUndo(Catalog catalog) throws SQLException {
      return new ReplicationSlot(catalog, settings.capture().slot()).drop();
    }
  }
}
