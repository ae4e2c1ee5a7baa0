package io.valmed.archive.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code archive} command as a process of its own. */
public final class Archive implements AutoCloseable {
  private static final String MAIN = "io.valmed.archive.cli.ArchiveMain";

  private final Process process;
  private final Path log;

  private Archive(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the verb; its output goes to a log file beside the settings. */
  public static Archive start(Path settings, List<String> jvmOptions, String... verb) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(jvmOptions);
    command.addAll(QuickStart.jvmOptions());
    command.add(MAIN);
    command.addAll(List.of(verb));
    command.add("--config");
    command.add(settings.toString());
    try {
      Path log =
          Files.createTempFile(
              settings.toAbsolutePath().getParent(),
              String.join("-", verb).replace('/', '-') + "-",
              ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(new File("/dev/null"))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new Archive(process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the verb with the usual JVM options. */
  public static Archive start(Installation installation, String... verb) {
    return start(installation.settingsFile(), List.of(), verb);
  }

  /** Runs the verb to its end and expects success. */
  public static String succeed(Path settings, String... verb) {
    try (Archive archive = start(settings, List.of(), verb)) {
      int exit = archive.awaitExit();
      assertThat(exit).as(String.join(" ", verb) + ":\n" + archive.output()).isZero();
      return archive.output();
    }
  }

  /** Waits up to five minutes for the process to end. */
  public int awaitExit() {
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended:\n" + output()).isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether the process ends by itself within that time; else it is killed. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    boolean ended = process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    close();
    return ended;
  }

  /** Waits for the process to end, however long it runs. */
  public int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  public boolean running() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** What it has written so far. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; returns its exit code. */
  public int stop() {
    process.destroy();
    return awaitExit();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
      awaitExit();
    }
  }
}
