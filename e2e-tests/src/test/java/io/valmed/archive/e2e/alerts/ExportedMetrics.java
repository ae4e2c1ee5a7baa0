package io.valmed.archive.e2e.alerts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The list of everything that is exported: deploy/prometheus/metrics.txt. */
final class ExportedMetrics {
  /** What a scrape adds to every series. */
  static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance", "installation");

  /**
   * One line of it.
   *
   * @param labels those of its own
   */
  record Line(String exporter, String name, String type, Set<String> labels) {
    /** Its series, as an expression names them. */
    List<String> series() {
      return switch (type) {
        case "summary" -> List.of(name + "_sum", name + "_count");
        case "histogram" -> List.of(name + "_sum", name + "_count", name + "_bucket");
        default -> List.of(name);
      };
    }
  }

  private ExportedMetrics() {}

  static List<Line> all() {
    try (var lines = Files.lines(Shipped.PROMETHEUS.resolve("metrics.txt"))) {
      return lines
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .map(line -> line.split(" +"))
          .map(
              word ->
                  new Line(
                      word[0],
                      word[1],
                      word[2],
                      word[3].equals("-") ? Set.of() : Set.of(word[3].split(","))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Set<String> namesOf(String exporter) {
    Set<String> names = new TreeSet<>();
    all().stream().filter(one -> one.exporter().equals(exporter)).forEach(l -> names.add(l.name()));
    return names;
  }

  /** The labels that each series may be asked for. */
  static Map<String, Set<String>> labels() {
    Map<String, Set<String>> labels = new HashMap<>();
    for (Line line : all()) {
      for (String series : line.series()) {
        Set<String> own = labels.computeIfAbsent(series, name -> new HashSet<>(OF_THE_SCRAPE));
        own.addAll(line.labels());
        if (line.type().equals("histogram")) {
          own.add("le");
        }
      }
    }
    return labels;
  }
}
