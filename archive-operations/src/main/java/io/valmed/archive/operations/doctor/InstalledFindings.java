package io.valmed.archive.operations.doctor;

import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.check.PolicyRefusedException;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether both databases have what provisioning gives them (roles, rights, publication, identities,
 * indexes, origin), and whether the services are there.
 */
final class InstalledFindings {
  private final Settings settings;

  InstalledFindings(Settings settings) {
    this.settings = settings;
  }

  /** The statements that provisioning would run now. */
  @FunctionalInterface
  private interface Plan {
    List<PlannedStep> steps() throws SQLException;
  }

  /** What was found; what does not answer is told elsewhere. */
  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.add(provisioned("hot", () -> new HotProvisioning(settings).plan()));
    findings.add(provisioned("archive", () -> new ArchiveProvisioning(settings).plan()));
    findings.addAll(services());
    return findings;
  }

  private static Finding provisioned(String database, Plan plan) {
    String about = database + ", provisioning";
    try {
      List<PlannedStep> missing = plan.steps();
      return missing.isEmpty()
          ? Finding.ok(about, "roles, rights and everything else are as they should be")
          : Finding.wrong(
              about,
              "%d step(s) are missing, the first is: %s; see './archive provision %s --dry-run', then run './archive provision %s'"
                  .formatted(missing.size(), missing.get(0).name(), database, database));
    } catch (PolicyRefusedException e) {
      return Finding.wrong(about, "refused until what is said of the policy and hot is mended");
    } catch (SQLException | StopException e) {
      return Finding.warning(about, "not known: " + Failures.sentence(e));
    }
  }

  private List<Finding> services() {
    try {
      List<Finding> findings = new ArrayList<>();
      for (Seen seen : new ServicesSeen(settings, InstantSource.system()).look()) {
        findings.add(
            seen.wrong()
                ? Finding.wrong(seen.about(), seen.text())
                : Finding.warning(seen.about(), seen.text()));
      }
      return findings.isEmpty()
          ? List.of(Finding.ok("services", "capture, sink and purge are there and keep up"))
          : findings;
    } catch (SQLException | StopException e) {
      return List.of(Finding.warning("services", "not known: " + Failures.sentence(e)));
    }
  }
}
