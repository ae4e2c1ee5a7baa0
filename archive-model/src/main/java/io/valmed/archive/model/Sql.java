package io.valmed.archive.model;

import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Quoting of names and literals for SQL text. */
public final class Sql {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  private Sql() {}

  /** The name in double quotes, its own quotes doubled. */
  public static String identifier(String name) {
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a name in SQL cannot hold a zero character");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The names quoted and joined with {@code ", "}. */
  public static String identifiers(Collection<String> names) {
    return names.stream().map(Sql::identifier).collect(Collectors.joining(", "));
  }

  /** The text as a string literal that means the same under every server setting. */
  public static String literal(String text) {
    String quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'";
    return text.indexOf('\\') >= 0 ? "E" + quoted : quoted;
  }

  /** The name as an operator would write it: quoted only where PostgreSQL would fold it. */
  public static String identifierIfNeeded(String name) {
    return PLAIN.matcher(name).matches() && name.equals(name.toLowerCase(Locale.ROOT))
        ? name
        : identifier(name);
  }
}
