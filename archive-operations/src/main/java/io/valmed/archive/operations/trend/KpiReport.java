package io.valmed.archive.operations.trend;

import io.valmed.archive.databases.history.KpiTable;
import io.valmed.archive.databases.history.TableDay;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The strategy's numbers: how fast hot's tables grow, what left them, and what a row costs in the
 * archive.
 *
 * @param tables each as it is now, with its growth
 * @param days all that was recorded, oldest first
 */
public record KpiReport(List<TableKpi> tables, List<TableDay> days) {
  private static final int WEEK = 7;

  public KpiReport {
    tables = List.copyOf(tables);
    days = List.copyOf(days);
  }

  /**
   * One table.
   *
   * @param now the newest day
   * @param overDays over how many days growth was measured: seven, or since recording began; 0: it
   *     began today
   * @param hotBytesPerWeek null: not known yet; the same for the others
   * @param archiveBytesPerRow of mirror and cold store together
   */
  public record TableKpi(
      TableDay now,
      long overDays,
      @Nullable Long hotRowsPerWeek,
      @Nullable Long hotBytesPerWeek,
      @Nullable Long hotIndexBytesPerWeek,
      @Nullable Long purgedRowsPerWeek,
      @Nullable Double archiveBytesPerRow) {}

  /**
   * Reads it as the archive's reader.
   *
   * @param today the last day that is wanted; 400 days before it are read
   * @throws SQLException when the archive does not answer
   */
  public static KpiReport read(Settings settings, LocalDate today) throws SQLException {
    try (Connection archive = settings.archive().reader().connect("archive report")) {
      return of(new KpiTable(archive, settings.prefix()).read(today.minusDays(400)));
    }
  }

  static KpiReport of(List<TableDay> days) {
    Map<String, List<TableDay>> byTable = new TreeMap<>();
    days.forEach(day -> byTable.computeIfAbsent(day.table(), t -> new ArrayList<>()).add(day));
    return new KpiReport(byTable.values().stream().map(KpiReport::table).toList(), days);
  }

  private static TableKpi table(List<TableDay> days) {
    TableDay now = days.get(days.size() - 1);
    // The newest that is a week old, else the oldest that there is.
    TableDay then =
        days.stream()
            .filter(day -> !day.day().isAfter(now.day().minusDays(WEEK)))
            .reduce((first, second) -> second)
            .orElse(days.get(0));
    long overDays = now.day().toEpochDay() - then.day().toEpochDay();
    double weeks = Duration.between(then.measuredAt(), now.measuredAt()).toSeconds() / 604_800.0;
    return new TableKpi(
        now,
        overDays,
        growth(then.hotRows(), now.hotRows(), overDays, weeks),
        growth(then.hotBytes(), now.hotBytes(), overDays, weeks),
        growth(then.hotIndexBytes(), now.hotIndexBytes(), overDays, weeks),
        growth(then.purgedRows(), now.purgedRows(), overDays, weeks),
        perRow(now));
  }

  private static @Nullable Long growth(
      @Nullable Long then, @Nullable Long now, long overDays, double weeks) {
    // Of less than a day nothing can be said about a week.
    return then == null || now == null || overDays == 0
        ? null
        : Math.round((now - then) / Math.max(weeks, 1.0 / WEEK));
  }

  private static @Nullable Double perRow(TableDay now) {
    long rows = orNone(now.mirrorRows()) + orNone(now.coldRows());
    long bytes = orNone(now.mirrorBytes()) + orNone(now.coldBytes());
    return rows == 0 || now.mirrorBytes() == null ? null : (double) bytes / rows;
  }

  private static long orNone(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  /** For programs: {@code tables} and {@code days}, numbers plain, days as ISO-8601. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("tables", tables.stream().map(KpiReport::map).toList());
    all.put("days", days.stream().map(KpiReport::map).toList());
    return all;
  }

  private static Map<String, @Nullable Object> map(TableKpi kpi) {
    Map<String, @Nullable Object> one = map(kpi.now());
    one.put("overDays", kpi.overDays());
    one.put("hotRowsPerWeek", kpi.hotRowsPerWeek());
    one.put("hotBytesPerWeek", kpi.hotBytesPerWeek());
    one.put("hotIndexBytesPerWeek", kpi.hotIndexBytesPerWeek());
    one.put("purgedRowsPerWeek", kpi.purgedRowsPerWeek());
    one.put("archiveBytesPerRow", kpi.archiveBytesPerRow());
    return one;
  }

  private static Map<String, @Nullable Object> map(TableDay day) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("table", day.table());
    one.put("day", day.day().toString());
    one.put("hotRows", day.hotRows());
    one.put("hotBytes", day.hotBytes());
    one.put("hotIndexBytes", day.hotIndexBytes());
    one.put("mirrorRows", day.mirrorRows());
    one.put("mirrorBytes", day.mirrorBytes());
    one.put("coldRows", day.coldRows());
    one.put("coldBytes", day.coldBytes());
    one.put("purgedRows", day.purgedRows());
    return one;
  }
}
