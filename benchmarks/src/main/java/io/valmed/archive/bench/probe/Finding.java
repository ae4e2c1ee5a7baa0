package io.valmed.archive.bench.probe;

import java.util.List;
import java.util.Map;

/**
 * What a probe found.
 *
 * @param lines for people
 * @param figures for programs
 */
public record Finding(List<String> lines, Map<String, Object> figures) {
  public Finding {
    lines = List.copyOf(lines);
    figures = Map.copyOf(figures);
  }
}
