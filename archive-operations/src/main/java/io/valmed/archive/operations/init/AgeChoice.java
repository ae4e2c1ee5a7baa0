package io.valmed.archive.operations.init;

import io.valmed.archive.databases.hot.LiveTable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which column most likely says when a row came to be: a creation before any date, no deadline. */
final class AgeChoice {
  private static final Pattern NEVER =
      Pattern.compile(
          "(?i).*(birth|dob|expir|until|due|valid|next|planned|updat|modif|chang|delet|login|seen).*");
  private static final Pattern BEST =
      Pattern.compile("(?i).*(creat|insert|record|order|regist|open|start|administ|transfer).*");

  private AgeChoice() {}

  /** The best one. */
  static Optional<String> of(LiveTable table) {
    return candidates(table).stream().findFirst();
  }

  /** All that could be it, the best first. */
  static List<String> candidates(LiveTable table) {
    Comparator<LiveTable.Column> best =
        Comparator.comparing(column -> !BEST.matcher(column.name()).matches());
    return table.columns().stream()
        .filter(column -> column.dated() && !NEVER.matcher(column.name()).matches())
        .sorted(best.thenComparing(column -> !column.required()))
        .map(LiveTable.Column::name)
        .toList();
  }
}
