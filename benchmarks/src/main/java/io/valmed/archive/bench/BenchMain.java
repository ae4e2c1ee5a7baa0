package io.valmed.archive.bench;

import io.valmed.archive.cli.ArchiveMain;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Where {@code ./archive bench} begins. */
public final class BenchMain {
  private BenchMain() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = commandLine(out, err).execute(arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return ArchiveMain.commandLine(new BenchCommand(), out, err);
  }
}
