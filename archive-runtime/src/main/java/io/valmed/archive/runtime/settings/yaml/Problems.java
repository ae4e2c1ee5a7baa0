package io.valmed.archive.runtime.settings.yaml;

import io.valmed.archive.runtime.settings.SettingsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong while the settings are read. */
public final class Problems {
  private final List<SettingsException.Problem> found = new ArrayList<>();

  public void add(String key, int line, String text) {
    found.add(new SettingsException.Problem(key, line, text));
  }

  public boolean none() {
    return found.isEmpty();
  }

  /** In the order of the file's lines; what stands nowhere in it comes last. */
  public List<SettingsException.Problem> all() {
    return found.stream()
        .sorted(Comparator.comparingInt(p -> p.line() == 0 ? Integer.MAX_VALUE : p.line()))
        .toList();
  }
}
