package io.valmed.archive.e2e.alerts;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an expression in PromQL asks for. */
final class Expression {
  private static final Pattern STRINGS = Pattern.compile("\"(\\\\.|[^\"\\\\])*\"");
  private static final Pattern RANGES = Pattern.compile("\\[[^\\]]*]");
  private static final Pattern GROUPINGS =
      Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern NAMES =
      Pattern.compile("(?<![\\w.$:])([a-zA-Z_:][\\w:]*)\\s*(\\(|\\{([^}]*)})?");
  private static final Pattern MATCHERS = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

  private Expression() {}

  /** Each metric that is named, with the labels by which it is selected. */
  static Map<String, Set<String>> metrics(String promql) {
    String bare = STRINGS.matcher(promql).replaceAll("''");
    bare = GROUPINGS.matcher(RANGES.matcher(bare).replaceAll(" ")).replaceAll(" ");
    Map<String, Set<String>> named = new TreeMap<>();
    Matcher name = NAMES.matcher(bare);
    while (name.find()) {
      if ("(".equals(name.group(2)) || WORDS.contains(name.group(1))) {
        continue;
      }
      Set<String> labels = named.computeIfAbsent(name.group(1), any -> new TreeSet<>());
      if (name.group(3) != null) {
        MATCHERS.matcher(name.group(3)).results().forEach(label -> labels.add(label.group(1)));
      }
    }
    return named;
  }
}
