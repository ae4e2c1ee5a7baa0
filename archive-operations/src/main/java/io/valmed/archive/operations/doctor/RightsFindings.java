package io.valmed.archive.operations.doctor;

import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.provisioning.archive.ArchiveProvisioning;
import io.valmed.archive.provisioning.check.PolicyRefusedException;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.MissingRight;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the migrators may do what is still to be done, and whether hot and archive are two
 * databases, whatever hosts their addresses name.
 */
final class RightsFindings {
  private static final String NAME = "archive doctor";

  private final Settings settings;

  RightsFindings(Settings settings) {
    this.settings = settings;
  }

  /** Rights that are missing, each with its statement. */
  @FunctionalInterface
  private interface Look {
    List<MissingRight> missing() throws SQLException;
  }

  /** What was found; what does not answer is told elsewhere. */
  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(rights("hot", () -> new HotProvisioning(settings).missingRights()));
    findings.addAll(rights("archive", () -> new ArchiveProvisioning(settings).missingRights()));
    findings.addAll(same());
    return findings;
  }

  private static List<Finding> rights(String database, Look look) {
    String about = database + ", rights";
    try {
      List<MissingRight> missing = look.missing();
      return missing.isEmpty()
          ? List.of(Finding.ok(about, "the migrator may do all that provisioning has to do"))
          : missing.stream()
              .map(
                  right ->
                      Finding.wrong(
                          about,
                          "the migrator lacks a right %s; let a superuser run: %s;"
                              .formatted(right.purpose(), right.statement())))
              .toList();
    } catch (PolicyRefusedException e) {
      return List.of(
          Finding.warning(about, "not known before what is said of the policy and hot is mended"));
    } catch (SQLException | StopException e) {
      return List.of(Finding.warning(about, "not known: " + Failures.sentence(e)));
    }
  }

  private List<Finding> same() {
    try (Connection hot = settings.hot().migrator().connect(NAME);
        Connection archive = settings.archive().migrator().connect(NAME)) {
      DatabaseIdentity inHot = DatabaseIdentity.of(hot);
      DatabaseIdentity inArchive = DatabaseIdentity.of(archive);
      if (inHot.same(inArchive)) {
        return List.of(
            Finding.wrong(
                "hot, archive",
                "hot.url (%s) and archive.url (%s) lead to the same database, so there is no archive; point archive.url at a database of its own"
                    .formatted(inHot.at(hot), inArchive.at(archive))));
      }
      return inHot.systemIdentifier().equals(inArchive.systemIdentifier())
          ? List.of(
              Finding.warning(
                  "hot, archive",
                  "hot.url (%s) and archive.url (%s) lead to one server, whose loss would take both; point archive.url at a server of its own"
                      .formatted(inHot.at(hot), inArchive.at(archive))))
          : List.of();
    } catch (SQLException | StopException e) {
      return List.of(); // told of each database
    }
  }
}
