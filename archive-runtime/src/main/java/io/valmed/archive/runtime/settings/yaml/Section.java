package io.valmed.archive.runtime.settings.yaml;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One map of the file, read key by key. What is wrong goes to the problems and a stand-in is
 * answered, so that reading goes on to the next error; {@link #end} refuses keys nobody asked for.
 */
public final class Section {
  private final Reading reading;
  private final String path;
  private final Yaml.Mapping values;
  private final boolean overridable;
  private final Set<String> known = new TreeSet<>();

  private Section(Reading reading, String path, Yaml.Mapping values, boolean overridable) {
    this.reading = reading;
    this.path = path;
    this.values = values;
    this.overridable = overridable;
  }

  /** A value with the place it came from. */
  public record Found(String text, String key, int line) {}

  public static Section root(Reading reading, Yaml.Mapping values) {
    return new Section(reading, "", values, true);
  }

  /** The map under the key; an empty one when it is not there. */
  public Section section(String key) {
    return new Section(reading, full(key), mapping(key), overridable);
  }

  /** A map that stands under a name of the user's own, such as a table: no variables for it. */
  public Section named(String name, Yaml value) {
    return new Section(reading, full(name), asMapping(full(name), value), false);
  }

  /** The entries of the map under the key, for keys that are names of the user's own. */
  public Map<String, Yaml> entries(String key) {
    return mapping(key).entries();
  }

  private Yaml.Mapping mapping(String key) {
    known.add(key);
    Yaml value = values.entries().get(key);
    return value == null ? Yaml.Mapping.NONE : asMapping(full(key), value);
  }

  private Yaml.Mapping asMapping(String key, Yaml value) {
    if (value instanceof Yaml.Mapping mapping) {
      return mapping;
    }
    if (!(value instanceof Yaml.Scalar scalar && scalar.empty())) {
      problem(key, value.line(), "must be a map of keys, but is " + value.kind());
    }
    return Yaml.Mapping.NONE;
  }

  /** The value as it was written, from the environment before the file; null: not there. */
  public @Nullable Found find(String key) {
    known.add(key);
    String override = overridable ? reading.override(full(key)) : null;
    if (override != null) {
      return new Found(override, Reading.variable(full(key)), 0);
    }
    Yaml value = values.entries().get(key);
    if (value instanceof Yaml.Scalar scalar) {
      return scalar.empty() ? null : new Found(scalar.text(), full(key), scalar.line());
    }
    if (value != null) {
      problem(full(key), value.line(), "must be a single value, but is " + value.kind());
    }
    return null;
  }

  /** Whether the file has the key, be it without a value. */
  public boolean has(String key) {
    return values.entries().containsKey(key);
  }

  public String text(String key, String byDefault) {
    Found found = find(key);
    return found == null ? byDefault : found.text();
  }

  /** A value that has no default; {@code fix} says what to write. */
  public String required(String key, String fix) {
    Found found = find(key);
    if (found != null && !found.text().isBlank()) {
      return found.text().strip();
    }
    problem(full(key), line(key), "is missing; " + fix);
    return "missing";
  }

  /** Whether the value is that word. */
  public boolean word(String key, String word) {
    Found found = find(key);
    return found != null && found.text().strip().equals(word);
  }

  public String name(Limits.Names limit, String byDefault) {
    Found found = find(last(limit.key()));
    if (found == null) {
      return byDefault;
    }
    if (limit.allow(found.text())) {
      return found.text();
    }
    problem(found, limit.rule() + ", but is '" + found.text() + "'");
    return byDefault;
  }

  public int number(Limits.Numbers limit, int byDefault) {
    Found found = find(last(limit.key()));
    if (found == null) {
      return byDefault;
    }
    try {
      long value = Long.parseLong(found.text().strip().replace("_", ""));
      if (limit.allow(value)) {
        return Math.toIntExact(value);
      }
      problem(found, limit.rule() + ", but is " + value);
    } catch (NumberFormatException e) {
      problem(found, "'" + found.text() + "' is not a whole number; it " + limit.rule());
    }
    return byDefault;
  }

  public long bytes(Limits.Numbers limit, long byDefault) {
    Found found = find(last(limit.key()));
    if (found == null) {
      return byDefault;
    }
    OptionalLong value = Sizes.parse(found.text());
    if (value.isEmpty()) {
      problem(found, "'" + found.text() + "' is not a size; " + Sizes.FORM);
    } else if (!limit.allow(value.getAsLong())) {
      problem(found, limit.rule() + ", but is " + found.text());
    } else {
      return value.getAsLong();
    }
    return byDefault;
  }

  public Duration duration(Limits.Times limit, Duration byDefault) {
    Found found = find(last(limit.key()));
    if (found == null) {
      return byDefault;
    }
    Optional<Duration> value = Durations.parse(found.text());
    if (value.isEmpty()) {
      problem(found, "'" + found.text() + "' is not a duration; " + Durations.FORM);
    } else if (!limit.allow(value.get())) {
      problem(found, limit.rule() + ", but is " + found.text());
    } else {
      return value.get();
    }
    return byDefault;
  }

  /** A path, relative to the settings file's folder; null: not there. */
  public @Nullable Path path(String key) {
    Found found = find(key);
    return found == null ? null : reading.resolve(found.text());
  }

  /** A list of words, or one word alone; empty when it is not there. */
  public List<String> words(String key) {
    known.add(key);
    Yaml value = values.entries().get(key);
    return value == null ? List.of() : words(full(key), value);
  }

  /** The value as a list of words, or one word alone. */
  public List<String> words(String key, Yaml value) {
    List<String> words = new ArrayList<>();
    List<Yaml> items =
        value instanceof Yaml.Sequence sequence ? sequence.items() : List.<Yaml>of(value);
    for (Yaml item : items) {
      if (item instanceof Yaml.Scalar scalar) {
        if (!scalar.empty()) {
          words.add(scalar.text());
        }
      } else {
        problem(key, item.line(), "must hold names, but holds " + item.kind());
      }
    }
    return List.copyOf(words);
  }

  /** Refuses keys that nobody asked for. */
  public void end() {
    values
        .entries()
        .forEach(
            (key, value) -> {
              if (!known.contains(key)) {
                problem(full(key), value.line(), unknown(key));
              }
            });
  }

  private String unknown(String key) {
    if (key.contains("password") && known.contains("password-file")) {
      return "passwords are read from files only; put it into a file and name that in "
          + "'password-file'";
    }
    return "is not a known key; "
        + NearestName.to(key, known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse("known here: " + String.join(", ", known));
  }

  /** This map's own path. */
  public String path() {
    return path;
  }

  /** The path of one of this map's keys. */
  public String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** The line of the key's value, else of the map. */
  public int line(String key) {
    Yaml value = values.entries().get(key);
    return value == null ? values.line() : value.line();
  }

  public void problem(Found found, String text) {
    problem(found.key(), found.line(), text);
  }

  public void problem(String key, int line, String text) {
    reading.problems().add(key, line, text);
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
