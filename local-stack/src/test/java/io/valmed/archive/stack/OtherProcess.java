package io.valmed.archive.stack;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;

/** A JVM other than the test's that works with a stack, so that it can end or be killed. */
final class OtherProcess implements AutoCloseable {

  private final Process process;
  private final Path output;

  private OtherProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Runs {@link #main} in a new JVM.
   *
   * @param scratch directory for its output
   * @param temporary its java.io.tmpdir
   * @param prefix what to put before {@code java}
   * @param classPath its class path
   */
  static OtherProcess run(
      Path scratch, Path temporary, List<String> prefix, String classPath, String... arguments)
      throws IOException {
    Path argumentFile = scratch.resolve("other.args");
    List<String> all =
        new ArrayList<>(
            List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                classPath,
                OtherProcess.class.getName()));
    all.addAll(Arrays.asList(arguments));
    Files.write(argumentFile, all);
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + argumentFile);
    Path output = scratch.resolve("other.out");
    Process process =
        new ProcessBuilder(command)
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new OtherProcess(process, output);
  }

  static String ownClassPath() {
    return System.getProperty("java.class.path");
  }

  /** Starts or ups a stack, prints its directory and, if it owns it, waits to be killed. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      switch (arguments[0]) {
        case "up" -> {
          LocalStack.up(StackOptions.keptIn(Path.of(arguments[1])), new ArrayList<>());
          tell(arguments[1]);
        }
        case "keep" -> hold(StackOptions.keptIn(Path.of(arguments[1])));
        case "temporary" -> hold(StackOptions.temporary());
        case "use" -> use();
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    } catch (StackException e) {
      System.out.println("refused " + e.getMessage());
    }
  }

  private static void hold(StackOptions options) throws InterruptedException {
    LocalStack stack = LocalStack.start(options);
    tell(stack.directory().toString());
    Thread.sleep(Duration.ofMinutes(10).toMillis());
    stack.close();
  }

  private static void use() {
    try (LocalStack stack = LocalStack.start(StackOptions.temporary())) {
      if (stack.state().running()) {
        tell(stack.directory().toString());
      }
    }
  }

  private static void tell(String directory) {
    System.out.println("ready " + directory);
    System.out.flush();
  }

  /** The directory of its stack, once it is up. */
  Path awaitReady() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> output().contains("ready ") || !process.isAlive());
    return Path.of(
        output()
            .lines()
            .filter(line -> line.startsWith("ready "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(output()))
            .substring("ready ".length()));
  }

  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  String output() throws AssertionError {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Copies a class path to where another user can read it. */
  static String copyOfClassPath(Path target) throws IOException {
    List<String> copies = new ArrayList<>();
    for (String entry : ownClassPath().split(File.pathSeparator)) {
      Path from = Path.of(entry);
      Path to = target.resolve(copies.size() + "-" + from.getFileName());
      copy(from, to);
      copies.add(to.toString());
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void copy(Path from, Path to) throws IOException {
    if (!Files.exists(from)) {
      return;
    }
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
