package io.valmed.archive.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all this ran on. */
final class Machine {
  private static final double KIBIBYTES_PER_GIBIBYTE = 1024.0 * 1024.0;

  private Machine() {}

  /** For programs, in the order in which people are told. */
  static Map<String, Object> toMap() throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cores", Runtime.getRuntime().availableProcessors());
    all.put("processor", line("/proc/cpuinfo", "model name", "unknown"));
    all.put("memory_gib", memory());
    all.put("load", Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
    all.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    all.put("jdk", System.getProperty("java.vm.version"));
    all.putAll(Versions.read());
    return all;
  }

  /** For people. */
  static String line(Map<String, Object> machine) {
    StringBuilder line = new StringBuilder("machine:");
    machine.forEach(
        (name, value) -> line.append(' ').append(name).append(' ').append(value).append(','));
    return line.substring(0, line.length() - 1);
  }

  private static String memory() throws IOException {
    String kibibytes = line("/proc/meminfo", "MemTotal", "0").replaceAll("[^0-9]", "");
    return "%.1f".formatted(Long.parseLong(kibibytes) / KIBIBYTES_PER_GIBIBYTE);
  }

  private static String line(String file, String name, String none) throws IOException {
    try (var lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(none);
    }
  }
}
