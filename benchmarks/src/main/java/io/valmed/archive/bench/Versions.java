package io.valmed.archive.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The versions of what is measured, written down when this was built. */
final class Versions {
  private Versions() {}

  static Map<String, Object> read() throws IOException {
    Properties written = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
      if (in != null) {
        written.load(in);
      }
    }
    Map<String, Object> all = new LinkedHashMap<>();
    written.stringPropertyNames().stream()
        .sorted()
        .forEach(name -> all.put(name, written.getProperty(name)));
    return all;
  }
}
