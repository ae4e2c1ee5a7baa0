package io.valmed.archive.cli.look;

import picocli.CommandLine.Option;

/** How what is measured is shown: once or again and again, for people or for programs. */
final class ShownOptions {
  @Option(names = "--watch", description = "Show it anew every two seconds until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--json",
      description = "Answer with one JSON object; with --watch, one a line each time.")
  private boolean json;

  boolean watch() {
    return watch;
  }

  boolean json() {
    return json;
  }
}
