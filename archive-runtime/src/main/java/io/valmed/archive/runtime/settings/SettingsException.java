package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.StopException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings cannot be used; tells everything that is wrong with them at once. */
public final class SettingsException extends StopException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * One thing that is wrong.
   *
   * @param key the key's path ({@code purge.lock-timeout}) or the environment variable's name
   * @param line its line in the file, from 1; 0: not in the file
   * @param text what is wrong with the value, and what to write instead
   */
  public record Problem(String key, int line, String text) {
    @Override
    public String toString() {
      String place = line > 0 ? "line " + line + ", " : "";
      return place + (key.isEmpty() ? "" : key + ": ") + text;
    }
  }

  public SettingsException(String file, List<Problem> problems, @Nullable Throwable cause) {
    super(message(file, problems));
    this.problems = List.copyOf(problems);
    if (cause != null) {
      initCause(cause);
    }
  }

  /** All that is wrong, in the order of the file's reading. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(String file, List<Problem> problems) {
    if (problems.size() == 1) {
      return file + (problems.get(0).line() > 0 ? ", " : ": ") + problems.get(0);
    }
    return file
        + " has "
        + problems.size()
        + " errors:"
        + problems.stream().map(p -> "\n  " + p).collect(Collectors.joining());
  }
}
