package io.valmed.archive.capture.schema;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes of a column's type that leave the text of every value as it was. */
public final class Widening {
  private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");
  private static final Pattern LIMITED =
      Pattern.compile("([a-z ]+?)(?:\\((\\d+)(?:,(-?\\d+))?\\))?( with(?:out)? time zone)?(\\[])?");

  private Widening() {}

  /**
   * @param before the type as {@code format_type} tells it
   * @param after the same of the type it has now
   */
  public static boolean keepsText(String before, String after) {
    if (before.equals(after)) {
      return true;
    }
    int from = INTEGERS.indexOf(before);
    if (from >= 0) {
      return INTEGERS.indexOf(after) > from;
    }
    Matcher old = LIMITED.matcher(before);
    Matcher now = LIMITED.matcher(after);
    if (!old.matches() || !now.matches()) {
      return false;
    }
    boolean sameEnd = end(old).equals(end(now));
    return switch (old.group(1)) {
      case "character varying", "text" ->
          sameEnd && (now.group(1).equals("text") || same(old, now)) && wider(old, now);
      case "bit varying", "timestamp", "time" -> sameEnd && same(old, now) && wider(old, now);
      case "numeric" -> sameEnd && same(old, now) && wider(old, now) && sameScale(old, now);
      default -> false;
    };
  }

  private static String end(Matcher type) {
    return type.group(4) + type.group(5);
  }

  private static boolean same(Matcher old, Matcher now) {
    return now.group(1).equals(old.group(1));
  }

  private static boolean wider(Matcher old, Matcher now) {
    return now.group(2) == null
        || (old.group(2) != null
            && Integer.parseInt(now.group(2)) >= Integer.parseInt(old.group(2)));
  }

  private static boolean sameScale(Matcher old, Matcher now) {
    return now.group(2) == null || String.valueOf(now.group(3)).equals(old.group(3));
  }
}
