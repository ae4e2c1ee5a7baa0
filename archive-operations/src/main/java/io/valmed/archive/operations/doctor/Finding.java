package io.valmed.archive.operations.doctor;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code doctor} found of one thing.
 *
 * @param grade how it is
 * @param about what was looked at
 * @param text what it is like, and what to do if it is not well
 */
public record Finding(Grade grade, String about, String text) {

  /** How a thing is. */
  public enum Grade {
    OK("ok"),
    WARNING("warn"),
    WRONG("FAIL");

    private final String word;

    Grade(String word) {
      this.word = word;
    }
  }

  public static Finding ok(String about, String text) {
    return new Finding(Grade.OK, about, text);
  }

  static Finding warning(String about, String text) {
    return new Finding(Grade.WARNING, about, text);
  }

  public static Finding wrong(String about, String text) {
    return new Finding(Grade.WRONG, about, text);
  }

  public Map<String, Object> toMap() {
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
