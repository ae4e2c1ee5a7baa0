package io.valmed.archive.model;

import java.util.Locale;

/** Splits {@code schema.table} by PostgreSQL's rules for quoted identifiers. */
public final class QualifiedNameParser {
  private final String text;
  private int at;
  private final String first;
  private final String second;

  public QualifiedNameParser(String text) {
    this.text = text;
    this.first = part();
    if (at >= text.length() || text.charAt(at) != '.') {
      throw malformed();
    }
    at++;
    this.second = part();
    if (at != text.length()) {
      throw malformed();
    }
  }

  public String first() {
    return first;
  }

  public String second() {
    return second;
  }

  private String part() {
    return at < text.length() && text.charAt(at) == '"' ? quoted() : plain();
  }

  private String plain() {
    int start = at;
    while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '"') {
      at++;
    }
    if (at == start) {
      throw malformed();
    }
    return text.substring(start, at).toLowerCase(Locale.ROOT);
  }

  private String quoted() {
    StringBuilder name = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        name.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        name.append('"');
        at++;
      } else {
        return name.toString();
      }
    }
    throw malformed();
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "'" + text + "' is not a table's name; write schema.table, for example public.orders");
  }
}
