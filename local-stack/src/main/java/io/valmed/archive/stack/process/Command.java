package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end and keeps what it said. */
public final class Command {

  /**
   * How it ended.
   *
   * @param exit its exit code
   * @param output standard output and error together, stripped
   */
  public record Outcome(int exit, String output) {
    public boolean ok() {
      return exit == 0;
    }

    public String lastLine() {
      return output.lines().filter(line -> !line.isBlank()).reduce("", (first, next) -> next);
    }
  }

  private Command() {}

  /**
   * Its output goes through a file, not a pipe: a server it leaves behind would hold a pipe open.
   */
  public static Outcome run(
      Path directory, String outputName, Duration limit, List<String> command) {
    Path outputFile = directory.resolve(outputName);
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      // libpq's variables of the operator's shell are not meant for these servers.
      builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
      Process process =
          builder
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(outputFile.toFile())
              .start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new StackException(
            command.get(0) + " did not end within " + limit.toSeconds() + " s; see " + outputFile);
      }
      String output = new String(Files.readAllBytes(outputFile), StandardCharsets.UTF_8).strip();
      return new Outcome(process.exitValue(), output);
    } catch (IOException e) {
      throw new StackException(command.get(0) + " could not be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("Interrupted while running " + command.get(0) + ".", e);
    }
  }
}
