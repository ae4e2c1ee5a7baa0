package io.valmed.archive.bench.ground;

import io.valmed.archive.stack.LocalStack;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What servers and processes use between two moments. */
public final class Meter {
  private final LocalStack stack;
  private final Map<String, Double> before = new LinkedHashMap<>();
  private final Map<String, JavaProcess> processes = new LinkedHashMap<>();

  Meter(LocalStack stack) throws IOException {
    this.stack = stack;
    before.put("hot", ProcessFigures.cpuOfTree(stack.hot().pid()));
    before.put("archive-db", ProcessFigures.cpuOfTree(stack.archive().pid()));
    before.put("kafka", ProcessFigures.cpu(stack.kafka().pid()));
  }

  /** Counts a process from now on; one just started is counted from its start. */
  public Meter with(JavaProcess process) {
    processes.put(process.name(), process);
    before.put(process.name(), process.cpuSeconds());
    return this;
  }

  /** What each has used, by name; to be asked while the processes still run. */
  public Map<String, Use> read() throws IOException {
    Map<String, Use> used = new LinkedHashMap<>();
    for (JavaProcess process : processes.values()) {
      used.put(
          process.name(),
          new Use(
              process.cpuSeconds() - before(process.name()),
              process.peakMebibytes(),
              process.peakHeapMebibytes()));
    }
    used.put("hot", of("hot", ProcessFigures.cpuOfTree(stack.hot().pid())));
    used.put("archive-db", of("archive-db", ProcessFigures.cpuOfTree(stack.archive().pid())));
    used.put("kafka", of("kafka", ProcessFigures.cpu(stack.kafka().pid())));
    return used;
  }

  private Use of(String name, double cpu) {
    return new Use(cpu - before(name), 0, 0);
  }

  private double before(String name) {
    return before.getOrDefault(name, 0.0);
  }
}
