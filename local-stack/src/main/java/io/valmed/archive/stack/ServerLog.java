package io.valmed.archive.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Turns what a server wrote before it died into one sentence. */
final class ServerLog {

  private static final int LINES = 40;

  private ServerLog() {}

  static StackException whyNotStarted(String server, Path log, int port) {
    List<String> tail = tail(log);
    String all = String.join("\n", tail).toLowerCase(Locale.ROOT);
    if (all.contains("address already in use")) {
      return new PortTakenException(port, server);
    }
    if (all.contains("no space left on device")) {
      return new StackException(
          "There is no space left for "
              + server
              + "; free some on the file system of "
              + log
              + ".");
    }
    return new StackException(
        "Starting " + server + " failed (" + lastComplaint(tail) + "); see " + log + ".");
  }

  private static String lastComplaint(List<String> tail) {
    return tail.stream()
        .filter(line -> line.matches(".*(FATAL|PANIC|ERROR|Exception|Error).*"))
        .reduce((first, next) -> next)
        .or(() -> tail.stream().reduce((first, next) -> next))
        .map(line -> line.replaceFirst("^[-0-9: .,]+(UTC )?(\\[\\d+] )?", "").strip())
        .orElse("it wrote nothing");
  }

  private static List<String> tail(Path log) {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }
}
