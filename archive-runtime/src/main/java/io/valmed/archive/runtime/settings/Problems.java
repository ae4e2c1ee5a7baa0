package io.valmed.archive.runtime.settings;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong while the settings are read. */
final class Problems {
  private final List<SettingsException.Problem> found = new ArrayList<>();

  void add(String key, int line, String text) {
    found.add(new SettingsException.Problem(key, line, text));
  }

  boolean none() {
    return found.isEmpty();
  }

  List<SettingsException.Problem> all() {
    return List.copyOf(found);
  }
}
