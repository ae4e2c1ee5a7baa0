package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Turns what a server wrote before it died into one sentence.
 *
 * @param file its log
 * @param from where in the file its last start begins; what earlier starts wrote says nothing
 */
public record ServerLog(Path file, long from) {

  private static final int LINES = 40;

  /** The log from now on. */
  public static ServerLog fromHere(Path file) {
    try {
      return new ServerLog(file, Files.exists(file) ? Files.size(file) : 0);
    } catch (IOException e) {
      return new ServerLog(file, 0);
    }
  }

  public StackException whyNotStarted(String server, int port) {
    List<String> tail = tail();
    String all = String.join("\n", tail).toLowerCase(Locale.ROOT);
    if (all.contains("address already in use")) {
      return new PortTakenException(port, server);
    }
    if (all.contains("no space left on device")) {
      return new StackException(
          "There is no space left for "
              + server
              + "; free some on the file system of "
              + file
              + ".");
    }
    return new StackException(
        server.substring(0, 1).toUpperCase(Locale.ROOT)
            + server.substring(1)
            + " did not start ("
            + lastComplaint(tail)
            + "); see "
            + file
            + ".");
  }

  private static String lastComplaint(List<String> tail) {
    return tail.stream()
        .filter(line -> line.matches("(?i).*(fatal|panic|error|exception).*"))
        .reduce((first, next) -> next)
        .or(() -> tail.stream().reduce((first, next) -> next))
        .map(line -> line.replaceFirst("^[-0-9: .,]+(UTC )?(\\[\\d+] )?", "").strip())
        .orElse("it wrote nothing");
  }

  private List<String> tail() {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      List<String> lines =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }
}
