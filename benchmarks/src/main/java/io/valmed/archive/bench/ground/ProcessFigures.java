package io.valmed.archive.bench.ground;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux tells of a process in {@code /proc}. */
final class ProcessFigures {
  private static final Path PROC = Path.of("/proc");

  /** {@code sysconf(_SC_CLK_TCK)}: 100 on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int PARENT = 1;
  private static final int OWN = 11;
  private static final int OF_ENDED_CHILDREN = 13;

  private ProcessFigures() {}

  /** CPU seconds of one process; 0 when it is gone. */
  static double cpu(long pid) {
    List<String> fields = stat(PROC.resolve(Long.toString(pid)));
    return fields.isEmpty() ? 0 : ticks(fields, OWN) / TICKS_PER_SECOND;
  }

  /** CPU seconds of a server, its children and those of them that have ended. */
  static double cpuOfTree(long pid) throws IOException {
    List<String> parent = stat(PROC.resolve(Long.toString(pid)));
    if (parent.isEmpty()) {
      return 0;
    }
    double ticks = ticks(parent, OWN) + ticks(parent, OF_ENDED_CHILDREN);
    String wanted = Long.toString(pid);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path one : all) {
        List<String> fields = stat(one);
        if (!fields.isEmpty() && fields.get(PARENT).equals(wanted)) {
          ticks += ticks(fields, OWN);
        }
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** The most memory that a process has had resident, in MiB; 0 when it is gone. */
  static double peakMebibytes(long pid) {
    try (var lines = Files.lines(PROC.resolve(pid + "/status"))) {
      return lines
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElse(0)
          / 1024.0;
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  private static double ticks(List<String> fields, int first) {
    return Long.parseLong(fields.get(first)) + Long.parseLong(fields.get(first + 1));
  }

  /** The fields behind the command's name, which may hold blanks. */
  private static List<String> stat(Path process) {
    try {
      String line = Files.readString(process.resolve("stat"));
      return List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
    } catch (IOException e) {
      return List.of();
    }
  }
}
