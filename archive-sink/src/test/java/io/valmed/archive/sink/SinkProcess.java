package io.valmed.archive.sink;

import io.valmed.archive.runtime.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A sink in a JVM of its own, with little memory. */
final class SinkProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  /** Starts it; it ends itself when memory runs out. */
  SinkProcess(SinkFixture fixture, Path folder, String heap) throws IOException {
    Path settings = folder.resolve("archive.yaml");
    Files.writeString(settings, fixture.settingsFile());
    this.log = folder.resolve("sink.log");
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                SinkProcess.class.getName(),
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** The other JVM's. */
  public static void main(String[] arguments) throws InterruptedException {
    SinkService.start(SettingsReader.read(Path.of(arguments[0]), Map.of())).awaitEnd();
  }

  boolean runs() {
    return process.isAlive();
  }

  /** The last lines it has written. */
  String told() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
