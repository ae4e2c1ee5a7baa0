package io.valmed.archive.runtime.settings.yaml;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** A column's name by PostgreSQL's rules: folded to lower case unless it is in double quotes. */
public final class ColumnName {
  private static final Pattern PLAIN = Pattern.compile("[^\"\\s]+");
  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"]|\"\")+\"");

  private ColumnName() {}

  /** The name as the catalog stores it, or nothing when the text is no name. */
  public static Optional<String> parse(String text) {
    String word = text.strip();
    if (QUOTED.matcher(word).matches()) {
      return Optional.of(word.substring(1, word.length() - 1).replace("\"\"", "\""));
    }
    return PLAIN.matcher(word).matches()
        ? Optional.of(word.toLowerCase(Locale.ROOT))
        : Optional.empty();
  }
}
