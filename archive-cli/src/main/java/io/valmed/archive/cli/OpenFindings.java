package io.valmed.archive.cli;

import io.valmed.archive.operations.alarm.Alarms;
import io.valmed.archive.purge.postgres.PurgeHolds;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What stands open until somebody has done something: holds and alarms. */
final class OpenFindings {
  private final Settings settings;

  OpenFindings(Settings settings) {
    this.settings = settings;
  }

  /** What was found; each thing by itself, so that one that cannot be asked hides no other. */
  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(of("purge, holds", "none is open", this::holds));
    findings.addAll(of("alarms", "none is open", this::alarms));
    return findings;
  }

  private static List<Finding> of(String about, String well, Callable<List<Finding>> look) {
    try {
      List<Finding> found = look.call();
      return found.isEmpty() ? List.of(Finding.ok(about, well)) : found;
    } catch (SQLException | StopException e) {
      return List.of(Finding.warning(about, "not known: " + Failures.sentence(e)));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Finding> holds() throws SQLException {
    return OpenHold.of(new PurgeHolds(settings).open()).stream()
        .map(hold -> Finding.wrong("purge, holds", hold.line()))
        .toList();
  }

  private List<Finding> alarms() throws SQLException {
    return new Alarms(settings)
        .list(false).stream()
            .map(alarm -> Finding.wrong("alarms", AlarmsCommand.line(alarm)))
            .toList();
  }
}
