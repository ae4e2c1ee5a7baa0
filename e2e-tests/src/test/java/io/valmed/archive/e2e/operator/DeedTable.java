package io.valmed.archive.e2e.operator;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What a run has shown, in a form for docs/reliability.md. */
final class DeedTable {
  private final Map<Kind, Map<String, Integer>> counts = new EnumMap<>(Kind.class);

  void add(Kind kind, String outcome, LivesOracle.Found found) {
    count(kind, "times", 1);
    count(kind, outcome, 1);
    count(kind, "lost", found.lost().size());
    count(kind, "gone", found.wronglyGone().size());
    count(kind, "unproven", found.unproven().size());
    count(kind, "untrue", found.untrue().size());
  }

  private void count(Kind kind, String what, int more) {
    counts.computeIfAbsent(kind, k -> new TreeMap<>()).merge(what, more, Integer::sum);
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(
            "deed                                   times  went on  mended  held  no way out  lost  wrongly gone  unproven  verify untrue\n");
    counts.forEach(
        (kind, all) ->
            text.append(
                "%-38s %5d %8d %7d %5d %11d %5d %13d %9d %14d%n"
                    .formatted(
                        kind.words(),
                        all.getOrDefault("times", 0),
                        all.getOrDefault("went on", 0),
                        all.getOrDefault("told and mended", 0),
                        all.getOrDefault("held", 0),
                        all.getOrDefault("no way out", 0),
                        all.getOrDefault("lost", 0),
                        all.getOrDefault("gone", 0),
                        all.getOrDefault("unproven", 0),
                        all.getOrDefault("untrue", 0))));
    return text.toString();
  }
}
