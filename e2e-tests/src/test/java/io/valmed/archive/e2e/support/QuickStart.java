package io.valmed.archive.e2e.support;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * JVM options by which a process of the command starts as it does from the launcher: with the
 * classes of a start parsed and verified before. They are kept once for all test processes; where
 * that fails, processes start all the same, only not as soon.
 */
final class QuickStart {
  private static final String REHEARSAL = "io.valmed.archive.cli.Rehearsal";
  private static final String COMMAND = "archive-cli.jar";
  private static final List<String> OPTIONS = options();

  private QuickStart() {}

  /** The options, with the class path. */
  static List<String> jvmOptions() {
    return OPTIONS;
  }

  private static List<String> options() {
    String classPath = System.getProperty("java.class.path");
    // The JVM keeps no classes where the class path has folders; the command needs none of them.
    List<String> jars =
        Stream.of(classPath.split(File.pathSeparator))
            .filter(entry -> entry.endsWith(".jar"))
            .toList();
    if (jars.stream().noneMatch(jar -> Path.of(jar).getFileName().toString().equals(COMMAND))) {
      // Modules that were compiled and not packaged.
      return List.of("-cp", classPath);
    }
    List<String> options = new ArrayList<>();
    try {
      Path kept = keptFor(jars);
      if (Files.size(kept) > 0) {
        options.add("-XX:SharedArchiveFile=" + kept);
        options.add("-Xlog:cds*=off");
        if (Runtime.version().feature() >= 25) {
          options.add("-Xlog:aot*=off");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    options.addAll(List.of("-cp", String.join(File.pathSeparator, jars)));
    return List.copyOf(options);
  }

  /** One process makes the file, others wait; empty: it could not be made. */
  private static Path keptFor(List<String> jars) throws IOException, InterruptedException {
    Path target = Files.createDirectories(Path.of("target"));
    Path kept = target.resolve("starts-%08x.jsa".formatted(state(jars))).toAbsolutePath();
    try (FileChannel file =
            FileChannel.open(
                target.resolve("starts.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      if (lock.isValid() && !Files.exists(kept)) {
        rehearse(jars, kept);
      }
    }
    return kept;
  }

  /** Changes with the JDK and with each jar that is built anew. */
  private static int state(List<String> jars) throws IOException {
    int state = Runtime.version().hashCode();
    for (String jar : jars) {
      Path path = Path.of(jar);
      state = 31 * state + jar.hashCode();
      state = 31 * state + Files.getLastModifiedTime(path).hashCode();
      state = 31 * state + Long.hashCode(Files.size(path));
    }
    return state;
  }

  private static void rehearse(List<String> jars, Path kept)
      throws IOException, InterruptedException {
    Path made = Path.of(kept + ".new");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ArchiveClassesAtExit=" + made,
                "-cp",
                String.join(File.pathSeparator, jars),
                REHEARSAL)
            .redirectErrorStream(true)
            .redirectOutput(new File(kept + ".log"))
            .redirectInput(new File("/dev/null"))
            .start();
    if (!process.waitFor(3, TimeUnit.MINUTES) || process.exitValue() != 0 || !Files.exists(made)) {
      process.destroyForcibly();
      Files.write(made, new byte[0]);
    }
    Files.move(made, kept);
  }
}
