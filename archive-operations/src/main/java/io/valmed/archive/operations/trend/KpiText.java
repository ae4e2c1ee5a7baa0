package io.valmed.archive.operations.trend;

import io.valmed.archive.databases.history.TableDay;
import io.valmed.archive.operations.trend.KpiReport.TableKpi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The strategy's numbers for people: as lines, and as a page that is whole in one file. */
public final class KpiText {
  private static final String LINE = "%-36s %12s %14s %14s %14s %12s";
  private static final String STYLE =
      """
      :root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
      table { border-collapse: collapse; width: 100% } th, td { text-align: right; padding: .4rem .8rem; border-top: 1px solid #8886 }
      th:first-child { text-align: left } thead th { border-top: 0 } polyline { fill: none; stroke: currentColor; stroke-width: 1.5 }
      """;
  private static final int WIDTH = 160;
  private static final int HEIGHT = 32;

  private KpiText() {}

  /** A table of plain text, one line for each of hot's tables. */
  public static List<String> lines(KpiReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        LINE.formatted("table", "hot", "a week", "indexes a week", "purged a week", "archive/row"));
    for (TableKpi kpi : report.tables()) {
      lines.add(
          LINE.formatted(
              kpi.now().table(),
              bytes(kpi.now().hotBytes()),
              bytes(kpi.hotBytesPerWeek()),
              bytes(kpi.hotIndexBytesPerWeek()),
              rows(kpi.purgedRowsPerWeek()),
              bytes(
                  kpi.archiveBytesPerRow() == null
                      ? null
                      : Long.valueOf(Math.round(kpi.archiveBytesPerRow())))));
    }
    return lines;
  }

  /** A page of HTML that loads nothing; each table with how its size in hot went. */
  public static String html(KpiReport report) {
    StringBuilder rows = new StringBuilder();
    for (TableKpi kpi : report.tables()) {
      rows.append("<tr><th scope=\"row\">").append(escaped(kpi.now().table())).append("</th>");
      cell(rows, rows(kpi.now().hotRows()));
      cell(rows, bytes(kpi.now().hotBytes()));
      cell(rows, bytes(kpi.hotBytesPerWeek()));
      cell(rows, bytes(kpi.hotIndexBytesPerWeek()));
      cell(rows, rows(kpi.purgedRowsPerWeek()));
      cell(rows, bytes(sum(kpi.now().mirrorBytes(), kpi.now().coldBytes())));
      rows.append("<td>").append(line(report, kpi.now().table())).append("</td></tr>\n");
    }
    return """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>What the archive gains</title><style>%s</style></head>
    <body><h1>What the archive gains</h1>
    <p>%d days are recorded.</p>
    <table><thead><tr><th scope="col">Table</th><th scope="col">Rows in hot</th><th scope="col">Hot</th><th scope="col">Hot a week</th>
    <th scope="col">Indexes a week</th><th scope="col">Purged a week</th><th scope="col">Archive</th><th scope="col">Hot by day</th></tr></thead>
    <tbody>
    %s</tbody></table></body></html>
    """
        .formatted(
            STYLE, report.days().stream().map(TableDay::day).distinct().count(), rows.toString());
  }

  private static void cell(StringBuilder row, String text) {
    row.append("<td>").append(text).append("</td>");
  }

  private static String line(KpiReport report, String table) {
    List<Long> sizes =
        report.days().stream()
            .filter(day -> day.table().equals(table) && day.hotBytes() != null)
            .map(day -> Objects.requireNonNull(day.hotBytes()))
            .toList();
    if (sizes.size() < 2) {
      return "from tomorrow on";
    }
    long most = Math.max(1, sizes.stream().mapToLong(Long::longValue).max().orElse(1));
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < sizes.size(); i++) {
      double x = (double) i * WIDTH / (sizes.size() - 1);
      double y = HEIGHT - (double) sizes.get(i) * (HEIGHT - 2) / most;
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    return "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s to %s\"><polyline points=\"%s\"/></svg>"
        .formatted(WIDTH, HEIGHT, bytes(sizes.get(0)), bytes(sizes.get(sizes.size() - 1)), points);
  }

  private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
    return one == null || other == null ? null : Long.valueOf(one + other);
  }

  private static String rows(@Nullable Long rows) {
    return rows == null ? "-" : String.format(Locale.ROOT, "%,d", rows);
  }

  private static String bytes(@Nullable Long bytes) {
    if (bytes == null) {
      return "-";
    }
    double size = bytes;
    int unit = 0;
    while (Math.abs(size) >= 1024 && unit < 4) {
      size /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(
            Locale.ROOT, "%.1f %s", size, List.of("B", "KiB", "MiB", "GiB", "TiB").get(unit));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
