package io.valmed.archive.runtime.settings.yaml;

import java.util.List;
import java.util.Map;

/** A YAML text as a tree that knows its lines. Scalars stay text: each key knows its own type. */
public sealed interface Yaml {

  /** The line of its first character, from 1; 0: it stands nowhere. */
  int line();

  /**
   * A single value.
   *
   * @param text its text; empty where {@code empty}
   * @param empty nothing was written, or {@code null} or {@code ~} without quotes
   */
  record Scalar(String text, boolean empty, int line) implements Yaml {}

  /** A list. */
  record Sequence(List<Yaml> items, int line) implements Yaml {}

  /** Keys with their values, in the order of the file. */
  record Mapping(Map<String, Yaml> entries, int line) implements Yaml {
    public static final Mapping NONE = new Mapping(Map.of(), 0);
  }

  /** How a message calls this kind of value. */
  default String kind() {
    if (this instanceof Mapping) {
      return "a map";
    }
    if (this instanceof Sequence) {
      return "a list";
    }
    return "a single value";
  }
}
