package io.valmed.archive.operations.doctor;

import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.operations.alarm.AlarmText;
import io.valmed.archive.operations.alarm.Alarms;
import io.valmed.archive.operations.hold.OpenHold;
import io.valmed.archive.operations.verify.VerifiedTables;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What stands open until somebody has done something: holds, alarms, tables that differ. */
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
    findings.addAll(
        of("verification", "every table was found equal in hot and archive", this::verified));
    return findings;
  }

  /** A line for each table that is not well, and one for all others. */
  private List<Finding> verified() throws SQLException {
    String about = "verification";
    List<Finding> findings = new ArrayList<>();
    List<VerifiedTables.Verified> overdue = new ArrayList<>();
    for (VerifiedTables.Verified table :
        new VerifiedTables(settings, InstantSource.system()).list()) {
      switch (table.verdict()) {
        case EQUAL -> {}
        case OVERDUE -> overdue.add(table);
        case DIFFERS, UNREAD ->
            findings.add(Finding.wrong(about, table.table() + " " + table.sentence()));
      }
    }
    if (!overdue.isEmpty()) {
      String others = overdue.size() == 1 ? "" : " and %d more".formatted(overdue.size() - 1);
      findings.add(
          Finding.warning(
              about, overdue.get(0).table() + others + ": " + overdue.get(0).sentence()));
    }
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
        .list(false).stream().map(alarm -> Finding.wrong("alarms", AlarmText.line(alarm))).toList();
  }
}
