package io.valmed.archive.e2e.alerts;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Prometheus' own checker, where this machine has it. */
final class Promtool {
  private Promtool() {}

  /**
   * What it answered.
   *
   * @param code 0: all is well
   */
  record Answer(int code, String output) {}

  /** Runs it in the folder of the rules; without it the test is skipped. */
  static Answer run(String... words) throws IOException, InterruptedException {
    Optional<Path> tool =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "promtool"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(
        tool.isPresent(),
        "promtool is not on the PATH (Debian, Ubuntu: apt-get install prometheus)");
    List<String> command = new ArrayList<>(List.of(tool.orElseThrow().toString()));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command)
            .directory(Shipped.PROMETHEUS.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), output);
  }

  static String[] words(List<String> first, List<Path> files) {
    return Stream.concat(first.stream(), files.stream().map(Path::toString)).toArray(String[]::new);
  }
}
