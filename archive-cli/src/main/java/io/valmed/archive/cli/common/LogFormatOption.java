package io.valmed.archive.cli.common;

import picocli.CommandLine.Option;

/** {@code --log-format}, of verbs that run for long. */
public final class LogFormatOption {
  private static final String APPENDER = "archive.log.appender";

  /** How the log is written. */
  enum Format {
    /** A line for people. */
    TEXT,
    /** A JSON object for programs. */
    JSON
  }

  /** Comes before the first logger is made, which reads this property. */
  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description =
          "How standard error is written: text, or json (one object a line: time, level, logger, message, and key values).")
  void setFormat(Format format) {
    System.setProperty(APPENDER, format.name());
  }

  /** Whether programs read standard error. */
  static boolean json() {
    return Format.JSON.name().equals(System.getProperty(APPENDER));
  }
}
