package io.valmed.archive.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code doctor} found of one thing.
 *
 * @param grade how it is
 * @param about what was looked at
 * @param text what it is like, and what to do if it is not well
 */
record Finding(Grade grade, String about, String text) {

  /** How a thing is. */
  enum Grade {
    OK("ok"),
    WARNING("warn"),
    WRONG("FAIL");

    private final String word;

    Grade(String word) {
      this.word = word;
    }
  }

  static Finding ok(String about, String text) {
    return new Finding(Grade.OK, about, text);
  }

  static Finding warning(String about, String text) {
    return new Finding(Grade.WARNING, about, text);
  }

  static Finding wrong(String about, String text) {
    return new Finding(Grade.WRONG, about, text);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("grade", grade.name().toLowerCase(java.util.Locale.ROOT));
    map.put("about", about);
    map.put("text", text);
    return map;
  }

  @Override
  public String toString() {
    return "%-4s  %-28s %s".formatted(grade.word, about, text);
  }
}
