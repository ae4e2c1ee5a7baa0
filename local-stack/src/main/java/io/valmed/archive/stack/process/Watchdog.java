package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends a temporary stack's servers and removes its directory when the process that started it dies,
 * even by SIGKILL: a shell that reads a pipe which the kernel closes then.
 */
public final class Watchdog implements AutoCloseable {

  private final Process shell;

  private Watchdog(Process shell) {
    this.shell = shell;
  }

  public static Watchdog over(Path directory) {
    try {
      Path script = directory.resolve("watchdog.sh");
      try (InputStream in = Watchdog.class.getResourceAsStream("watchdog.sh")) {
        if (in == null) {
          throw new IOException("watchdog.sh is not on the class path");
        }
        Files.write(script, in.readAllBytes());
      }
      List<String> command = new ArrayList<>();
      Path setsid = Path.of("/usr/bin/setsid");
      if (Files.isExecutable(setsid)) {
        command.add(setsid.toString());
      }
      command.addAll(List.of("/bin/sh", script.toString(), directory.toString()));
      return new Watchdog(
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new StackException("The watchdog cannot be started: " + e.getMessage(), e);
    }
  }

  /** Dismisses it. */
  @Override
  public void close() {
    try (OutputStream pipe = shell.getOutputStream()) {
      pipe.write("done\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      shell.destroy();
    }
  }
}
