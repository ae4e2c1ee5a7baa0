package io.valmed.archive.runtime.jdbc;

import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's text form of one-dimensional arrays without NULLs. */
public final class TextArray {
  private TextArray() {}

  /** The array of those elements. */
  public static String write(List<String> values) {
    StringBuilder text = new StringBuilder(values.size() * 40 + 2).append('{');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "\"" : ",\"");
      String value = values.get(i);
      for (int at = 0; at < value.length(); at++) {
        char c = value.charAt(at);
        if (c == '"' || c == '\\') {
          text.append('\\');
        }
        text.append(c);
      }
      text.append('"');
    }
    return text.append('}').toString();
  }

  /** The elements of an array, as the server or {@link #write} puts it. */
  public static List<String> read(String array) {
    List<String> values = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (int at = 1; at < array.length(); at++) {
      char c = array.charAt(at);
      if (c == '\\') {
        value.append(array.charAt(++at));
      } else if (c == '"') {
        quoted = !quoted;
      } else if (quoted || (c != ',' && c != '}')) {
        value.append(c);
      } else if (array.length() > 2) {
        values.add(value.toString());
        value.setLength(0);
      }
    }
    return values;
  }
}
