package io.valmed.archive.runtime.settings.yaml;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one reading of the settings has at hand: the environment, the folder, the problems. */
public final class Reading {
  public static final String VARIABLE_PREFIX = "ARCHIVE_";

  private final Path folder;
  private final Map<String, String> environment;
  private final Problems problems;
  private final Set<String> variables = new TreeSet<>();

  public Reading(Path folder, Map<String, String> environment, Problems problems) {
    this.folder = folder;
    this.environment = environment;
    this.problems = problems;
  }

  public Problems problems() {
    return problems;
  }

  /** The path as the settings file means it: relative to the file's own folder. */
  public Path resolve(String path) {
    return folder.resolve(path).normalize();
  }

  /** The environment variable that overrides this key: {@code ARCHIVE_PURGE_LOCK_TIMEOUT}. */
  public static String variable(String key) {
    return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The environment's value for the key, or null when it has none. */
  public @Nullable String override(String key) {
    String variable = variable(key);
    variables.add(variable);
    return environment.get(variable);
  }

  /**
   * Refuses variables that look like a slip of a known one. Others stay: orchestrators put {@code
   * ARCHIVE_SINK_PORT} and the like into the environment of whoever is called archive.
   */
  public void refuseMistypedVariables() {
    for (String name : new TreeSet<>(environment.keySet())) {
      if (name.startsWith(VARIABLE_PREFIX) && !variables.contains(name)) {
        variables.stream()
            .filter(known -> NearestName.edits(name, known) <= 2)
            .findFirst()
            .ifPresent(
                known ->
                    problems.add(
                        name,
                        0,
                        "is not a setting; did you mean " + known + "? Rename it or unset it"));
      }
    }
  }
}
