package io.valmed.archive.operations.report;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.databases.seen.PurgedRows;
import io.valmed.archive.databases.witness.OpenPages;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.model.TableId;
import io.valmed.archive.operations.alarm.AlarmText;
import io.valmed.archive.operations.alarm.Alarms;
import io.valmed.archive.operations.hold.OpenHold;
import io.valmed.archive.operations.verify.VerifiedTables;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the purge.
 *
 * @param holds open holds
 * @param pages journal pages whose outcome is not known although their transactions are over
 * @param unwitnessed committed pages whose rows have not all come to the cold store in time
 * @param alarms what nobody has looked at yet
 * @param reports what of each root table may leave hot
 * @param verified when each table was last found equal in hot and archive
 * @param purged what has left each root table, by its name
 */
public record PurgeStatus(
    List<OpenHold> holds,
    List<OpenPages.Page> pages,
    List<OverduePages> unwitnessed,
    List<AlarmTable.Alarm> alarms,
    List<PurgeReport> reports,
    List<VerifiedTables.Verified> verified,
    Map<String, PurgedRows> purged) {

  public static PurgeStatus read(Settings settings) throws SQLException {
    return new PurgeStatus(
        OpenHold.of(new PurgeHolds(settings).open()),
        OpenPages.read(settings),
        OverduePages.read(settings),
        new Alarms(settings).list(false),
        PurgeReport.read(settings),
        new VerifiedTables(settings, InstantSource.system()).list(),
        purged(settings));
  }

  private static Map<String, PurgedRows> purged(Settings settings) throws SQLException {
    try (Connection archive = settings.archive().purger().connect("archive purge status")) {
      return PurgedRows.read(archive, settings.prefix());
    }
  }

  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    holds.forEach(hold -> lines.add(hold.line()));
    pages.forEach(page -> lines.add(line(page)));
    unwitnessed.forEach(overdue -> lines.add(line(overdue)));
    alarms.forEach(alarm -> lines.add(AlarmText.line(alarm)));
    for (PurgeReport report : reports) {
      lines.add(line(report));
      PurgedRows left = purged.get(report.table().toString());
      if (left != null) {
        lines.add(PurgeRate.of(left, report.eligible()).line(report.table()));
      }
      report.orphans().forEach((table, rows) -> lines.add(orphans(table, rows)));
    }
    verified.forEach(table -> lines.add(line(table)));
    return lines;
  }

  private static String line(OpenPages.Page page) {
    return "open  journal page %d of %s (%,d rows, worker %s, %s): not known whether hot deleted them; worker %s asks hot and the cold store at its next start"
        .formatted(
            page.id(), page.root(), page.rows(), page.worker(), page.intendedAt(), page.worker());
  }

  private static String line(OverduePages overdue) {
    return "late  %,d journal pages of %s (%,d rows, the oldest is page %d of %s): their rows have not all come to the cold store; run './archive purge repair' once capture and sink are up"
        .formatted(
            overdue.pages(), overdue.root(), overdue.rows(), overdue.oldest(), overdue.since());
  }

  private static String line(PurgeReport report) {
    return report.problem() != null
        ? "FAIL  " + report.table() + "  " + report.problem()
        : "%-36s %,d rows: %,d settled and cold, %,d cold but not settled, %,d without age%s"
            .formatted(
                report.table(),
                report.rows(),
                report.eligible(),
                report.unsettled(),
                report.undated(),
                report.young() == 0
                    ? ""
                    : ", %,d with a child that is not old".formatted(report.young()));
  }

  private static String orphans(TableId table, long rows) {
    return "%-36s %,d rows refer to no parent: they belong to no aggregate and are never purged"
        .formatted(table, rows);
  }

  /** Whether no comparison of hot and archive found a difference, or failed. */
  public boolean comparedWell() {
    return verified.stream().allMatch(PurgeStatus::well);
  }

  private static boolean well(VerifiedTables.Verified table) {
    return table.verdict() == VerifiedTables.Verdict.EQUAL
        || table.verdict() == VerifiedTables.Verdict.OVERDUE;
  }

  private static String line(VerifiedTables.Verified table) {
    return well(table)
        ? "%-36s %s".formatted(table.table(), table.sentence())
        : "FAIL  " + table.table() + "  " + table.sentence();
  }

  public Map<String, Object> toMap() {
    Map<String, Object> tables = new LinkedHashMap<>();
    reports.forEach(
        report ->
            tables.put(
                report.table().toString(), map(report, purged.get(report.table().toString()))));
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("held", holds.stream().map(OpenHold::toMap).toList());
    all.put("open_pages", pages.stream().map(PurgeStatus::map).toList());
    all.put("unwitnessed_pages", unwitnessed.stream().map(PurgeStatus::map).toList());
    all.put("alarms", alarms.stream().map(AlarmText::map).toList());
    all.put("tables", tables);
    Map<String, Object> compared = new LinkedHashMap<>();
    verified.forEach(table -> compared.put(table.table().toString(), map(table)));
    all.put("verification", compared);
    return all;
  }

  private static Map<String, Object> map(OpenPages.Page page) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("page", page.id());
    one.put("worker", page.worker());
    one.put("root_table", page.root());
    one.put("rows", page.rows());
    one.put("intended_at", page.intendedAt());
    return one;
  }

  private static Map<String, Object> map(OverduePages overdue) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("root_table", overdue.root());
    one.put("pages", overdue.pages());
    one.put("rows", overdue.rows());
    one.put("oldest_page", overdue.oldest());
    one.put("committed_at", overdue.since());
    return one;
  }

  private static Map<String, @Nullable Object> map(VerifiedTables.Verified table) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("verdict", table.verdict().name().toLowerCase(Locale.ROOT));
    one.put("equal_at", table.cleanAt());
    one.put("sentence", table.sentence());
    return one;
  }

  private static Map<String, @Nullable Object> map(
      PurgeReport report, @Nullable PurgedRows purged) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("rows", report.rows());
    one.put("eligible", report.eligible());
    one.put("unsettled", report.unsettled());
    one.put("undated", report.undated());
    one.put("young_children", report.young());
    Map<String, Long> orphans = new LinkedHashMap<>();
    report.orphans().forEach((table, rows) -> orphans.put(table.toString(), rows));
    one.put("orphans", orphans);
    one.put("problem", report.problem());
    one.putAll(purged == null ? PurgeRate.NONE : PurgeRate.of(purged, report.eligible()).toMap());
    return one;
  }
}
