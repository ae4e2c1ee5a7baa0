package io.valmed.archive.e2e.operator;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a run has shown, in a form for docs/reliability.md. */
final class DeedTable {
  private DeedTable() {}

  static String of(List<Tally.Played> played) {
    Map<Kind, int[]> counts = new EnumMap<>(Kind.class);
    for (Tally.Played one : played) {
      int[] row = counts.computeIfAbsent(one.kind(), kind -> new int[11]);
      row[0]++;
      row[column(one.outcome())]++;
      row[6] += one.lost();
      row[7] += one.gone();
      row[8] += one.unproven();
      row[9] += one.untrue();
      row[10] += one.twice();
    }
    StringBuilder text =
        new StringBuilder(
            "deed                                                  times  went on  mended   held  no way out  broken   lost  wrongly gone  unproven  untrue  twice\n");
    int[] sum = new int[11];
    counts.forEach((kind, row) -> add(text, kind.words(), row, sum));
    add(text, "all", sum, new int[11]);
    return text.toString();
  }

  private static void add(StringBuilder text, String name, int[] row, int[] sum) {
    for (int i = 0; i < row.length; i++) {
      sum[i] += row[i];
    }
    text.append(
        "%-52s %6d %8d %7d %6d %11d %7d %6d %13d %9d %7d %6d%n"
            .formatted(
                name, row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8],
                row[9], row[10]));
  }

  private static int column(String outcome) {
    return switch (outcome) {
      case "went on" -> 1;
      case "told and mended" -> 2;
      case "held" -> 3;
      case "no way out" -> 4;
      default -> 5;
    };
  }
}
