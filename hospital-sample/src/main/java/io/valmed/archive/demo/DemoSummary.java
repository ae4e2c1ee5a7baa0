package io.valmed.archive.demo;

import io.valmed.archive.model.TableId;
import java.util.Locale;
import java.util.Map;

/** Tells people in a few lines what the demo has shown. */
final class DemoSummary {
  private static final String FORMAT = "%-34s %9s %9s %9s %9s %9s   %s";

  private final Progress progress;

  DemoSummary(Progress progress) {
    this.progress = progress;
  }

  /**
   * Tells it.
   *
   * @param before bytes of each hot table before purging
   * @param after bytes of each hot table now
   */
  void tell(
      DemoResult result, Map<TableId, Long> before, Map<TableId, Long> after, double seconds) {
    progress.say("");
    progress.say(
        FORMAT.formatted(
            "table", "loaded", "archived", "purged", "witnessed", "in hot", "hot before → after"));
    before.forEach(
        (table, bytes) -> {
          String name = table.toString();
          progress.say(
              FORMAT.formatted(
                  name,
                  count(result.loaded(), name),
                  count(result.archived(), name),
                  count(result.purged(), name),
                  count(result.witnessed(), name),
                  count(result.hot(), name),
                  size(bytes) + " → " + size(after.getOrDefault(table, 0L))));
        });
    result.verification().tables().stream()
        .filter(table -> !table.clean())
        .forEach(
            table ->
                progress.say(
                    "  " + table.table() + ": " + table.problem() + " " + table.samples()));
    progress.say("");
    progress.say(
        String.format(
            Locale.ROOT,
            "%s: %,d rows lost, %,d of %,d hot rows differ from the archive, %,d cold aggregates"
                + " left, %s; %.1f s",
            result.verified() ? "Verified" : "NOT VERIFIED",
            result.unaccounted(),
            result.mismatched(),
            result.compared(),
            result.eligibleLeft(),
            result.purged().equals(result.witnessed())
                ? "every purged row has its witness"
                : "purged rows lack their witness",
            seconds));
  }

  private static String count(Map<String, Long> rows, String table) {
    return String.format(Locale.ROOT, "%,d", rows.getOrDefault(table, 0L));
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
