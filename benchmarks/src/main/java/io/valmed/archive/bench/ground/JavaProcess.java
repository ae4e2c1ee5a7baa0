package io.valmed.archive.bench.ground;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM beside this one, with its output in a file. */
public final class JavaProcess implements AutoCloseable {
  private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->\\d+M\\(\\d+M\\)");
  private static final int SHOWN = 4_000;

  private final String name;
  private final Process process;
  private final Path log;
  private final Path collections;
  private double lastCpu;
  private double lastPeak;

  private JavaProcess(String name, Process process, Path log, Path collections) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.collections = collections;
  }

  /**
   * Starts it.
   *
   * @param name what it is, such as {@code capture}
   * @param log where its output goes
   * @param collections where it logs its garbage collections
   */
  static JavaProcess start(
      String name, Path log, Path collections, List<String> command, Map<String, String> variables)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(new File("/dev/null"));
    builder.environment().putAll(variables);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new JavaProcess(name, process, log, collections);
  }

  /** What it is, such as {@code capture}. */
  public String name() {
    return name;
  }

  boolean running() {
    return process.isAlive();
  }

  /** User and system time so far; of a process that has ended, up to when it was asked last. */
  double cpuSeconds() {
    lastCpu = Math.max(lastCpu, ProcessFigures.cpu(process.pid()));
    return lastCpu;
  }

  double peakMebibytes() {
    lastPeak = Math.max(lastPeak, ProcessFigures.peakMebibytes(process.pid()));
    return lastPeak;
  }

  /** The most heap that was in use when a collection began. */
  double peakHeapMebibytes() throws IOException {
    long peak = 0;
    if (Files.exists(collections)) {
      Matcher found = COLLECTION.matcher(Files.readString(collections));
      while (found.find()) {
        peak = Math.max(peak, Long.parseLong(found.group(1)));
      }
    }
    return peak;
  }

  /** What it has written so far. */
  String output() throws IOException {
    return Files.readString(log);
  }

  /**
   * Waits for a line of its output.
   *
   * @return the rest of the first line that begins so
   */
  public String line(String beginning, Duration limit) throws Exception {
    Moment.until(
        name + " to say '" + beginning + "'",
        limit,
        5,
        () -> {
          check();
          return find(beginning).isPresent();
        });
    return find(beginning).orElseThrow();
  }

  private Optional<String> find(String beginning) throws IOException {
    return output()
        .lines()
        .filter(line -> line.startsWith(beginning))
        .findFirst()
        .map(line -> line.substring(beginning.length()));
  }

  /** Makes sure that it has not ended by itself. */
  public void check() throws IOException {
    if (!process.isAlive()) {
      throw failed("ended by itself");
    }
  }

  /** Waits for its end, and keeps what it has used by then; returns the exit code. */
  public int awaitEnd(Duration limit) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      cpuSeconds();
      peakMebibytes();
      if (System.nanoTime() > end) {
        throw failed("did not end within " + limit.toSeconds() + " s");
      }
    }
    return process.exitValue();
  }

  IllegalStateException failed(String what) throws IOException {
    String all = output();
    return new IllegalStateException(
        "%s %s; its last words:%n%s"
            .formatted(name, what, all.substring(Math.max(0, all.length() - SHOWN))));
  }

  /** SIGTERM, and SIGKILL if that does not help. */
  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    if (process.isAlive()) {
      process.destroyForcibly().onExit().join();
    }
  }
}
