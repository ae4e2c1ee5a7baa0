package io.valmed.archive.operations.doctor;

import io.valmed.archive.databases.hot.FailoverReadiness;
import io.valmed.archive.migrations.MigrationStatus;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.operations.epoch.Epochs;
import io.valmed.archive.operations.epoch.TableReconciliation;
import io.valmed.archive.provisioning.check.PhysicalCopyCheck;
import io.valmed.archive.provisioning.check.PolicyCheck;
import io.valmed.archive.provisioning.check.PolicyProblem;
import io.valmed.archive.provisioning.check.ServerCheck;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Examines what the settings name; one thing's fault does not keep it from the next. */
public final class Doctor {
  private final Settings settings;
  private final TopicsLook topics;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param topics looks whether the topics are of this installation
   */
  public Doctor(Settings settings, TopicsLook topics) {
    this.settings = settings;
    this.topics = topics;
  }

  /** A thing to look at, with what may go wrong in it. */
  @FunctionalInterface
  private interface Look {
    void at(Connection connection) throws SQLException;
  }

  public List<Finding> examine() {
    with("hot, migrator", settings.hot().migrator(), this::hot);
    with("hot, capture", settings.hot().capture(), null);
    standbys();
    tell(PhysicalCopyCheck.check(settings.hot().capture()));
    with("hot, purger", settings.hot().purger(), null);
    migrations("hot, migrations", Target.HOT, settings.hot().migrator());
    with("archive, migrator", settings.archive().migrator(), this::archive);
    with("archive, sink", settings.archive().sink(), null);
    with("archive, purger", settings.archive().purger(), null);
    with("archive, reader", settings.archive().reader(), null);
    migrations("archive, migrations", Target.ARCHIVE, settings.archive().migrator());
    findings.addAll(new RightsFindings(settings).examine());
    findings.addAll(new InstalledFindings(settings).examine());
    findings.addAll(new OpenFindings(settings).examine());
    epochs();
    findings.addAll(new KafkaCheck(settings).examine());
    findings.addAll(new InstallationFindings(settings, topics).examine());
    return List.copyOf(findings);
  }

  private void with(String about, DatabaseLogin login, @Nullable Look look) {
    passwordFile(about, login.passwordFile());
    try (Connection connection = login.connect("archive doctor")) {
      findings.add(Finding.ok(about, login.toString()));
      if (look != null) {
        look.at(connection);
      }
    } catch (SQLException | StopException e) {
      findings.add(Finding.wrong(about, login + ": " + Failures.sentence(e)));
    }
  }

  /** The standbys among hot's hosts; the primary says which of them it knows. */
  private void standbys() {
    String about = "hot, failover";
    for (DatabaseLogin host : PrimaryHost.each(settings.hot().capture())) {
      try (Connection connection = host.connect("archive doctor")) {
        FailoverReadiness.of(connection, host.url(), settings.capture().slot())
            .forEach(problem -> findings.add(Finding.warning(about, problem)));
      } catch (SQLException | StopException e) {
        findings.add(Finding.warning(about, host + ": " + Failures.sentence(e)));
      }
    }
  }

  private void passwordFile(String about, @Nullable Path file) {
    if (file == null || !Files.exists(file)) {
      return;
    }
    try {
      Set<PosixFilePermission> others = Files.getPosixFilePermissions(file);
      if (others.contains(PosixFilePermission.OTHERS_READ)) {
        findings.add(Finding.warning(about, file + " can be read by everyone; chmod 600 " + file));
      }
    } catch (java.io.IOException | UnsupportedOperationException e) {
      findings.add(Finding.warning(about, "the rights of " + file + " cannot be read"));
    }
  }

  private void hot(Connection connection) throws SQLException {
    List<PolicyProblem> problems =
        new ArrayList<>(new ServerCheck(settings.capture().slot()).check(connection));
    problems.addAll(new PolicyCheck(settings).check(connection));
    tell(problems);
    if (settings.policy().draft()) {
      findings.add(
          Finding.warning(
              "policy.draft",
              "it is a draft: capture and sink work, nothing is purged or compared by itself ('./archive verify' does); when roots, ages and settled predicates are right, take the line 'draft: true' out"));
    }
    if (problems.stream().noneMatch(PolicyProblem::isError)) {
      findings.add(Finding.ok("policy", "fits the hot database"));
    }
  }

  private void tell(List<PolicyProblem> problems) {
    for (PolicyProblem problem : problems) {
      String text = problem.problem() + "; " + problem.fix();
      findings.add(
          problem.isError()
              ? Finding.wrong(problem.key(), text)
              : Finding.warning(problem.key(), text));
    }
  }

  private void archive(Connection connection) throws SQLException {
    List<PolicyProblem> problems = ServerCheck.ofArchive(connection);
    tell(problems);
    if (problems.isEmpty()) {
      findings.add(Finding.ok("archive, durability", "what it has committed survives a crash"));
    }
  }

  private void migrations(String about, Target target, DatabaseLogin login) {
    try {
      List<MigrationStatus> pending =
          Migrations.of(target, login).status().stream().filter(m -> !m.applied()).toList();
      String verb = "archive migrate " + about.substring(0, about.indexOf(',')) + " up";
      findings.add(
          pending.isEmpty()
              ? Finding.ok(about, "all applied")
              : Finding.wrong(about, pending.size() + " pending; run: " + verb));
    } catch (SQLException | StopException e) {
      findings.add(Finding.wrong(about, Failures.sentence(e)));
    }
  }

  /** Tables that wait for a person since a new epoch's snapshot. */
  private void epochs() {
    String about = "archive, epochs";
    try {
      List<TableReconciliation> waiting =
          new Epochs(settings).list().stream().filter(TableReconciliation::waits).toList();
      for (TableReconciliation table : waiting) {
        findings.add(Finding.wrong(about, String.valueOf(table.sentence())));
      }
      if (waiting.isEmpty()) {
        findings.add(Finding.ok(about, "no table waits for a person"));
      }
    } catch (SQLException | StopException e) {
      findings.add(Finding.warning(about, "cannot be read: " + Failures.sentence(e)));
    }
  }
}
