package io.valmed.archive.cli.common;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every verb has: {@code --help}, {@code --verbose}, and the streams to write to. */
public final class CommonOptions {
  private static final String LEVEL = "archive.log.level";

  private @Nullable CommandSpec verb;

  @Spec(Spec.Target.MIXEE)
  void setVerb(CommandSpec spec) {
    verb = spec;
  }

  /** Picocli itself answers it; nothing is left to do here. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  void setHelp(boolean wanted) {}

  /** Comes before the first logger is made, which reads these properties. */
  @Option(
      names = {"-v", "--verbose"},
      description = "Tell more on standard error, stack traces too.")
  void setVerbose(boolean on) {
    if (on) {
      System.setProperty(LEVEL, "DEBUG");
      System.setProperty("archive.log.others", "INFO");
      System.setProperty("archive.log.trace", "%told");
      System.setProperty("archive.log.traces", "true");
    }
  }

  /** Tells each change of state on standard error; comes before the first logger is made. */
  public void tellStates() {
    if (!verbose()) {
      System.setProperty(LEVEL, "INFO");
    }
  }

  /** Keeps what passes by itself off standard error; comes before the first logger is made. */
  public void tellFaultsOnly() {
    if (!verbose()) {
      System.setProperty(LEVEL, "ERROR");
    }
  }

  public static boolean verbose() {
    return "DEBUG".equals(System.getProperty(LEVEL));
  }

  /** Standard output: results. */
  public PrintWriter out() {
    return verb().commandLine().getOut();
  }

  /** Standard error: progress and everything else. */
  public PrintWriter err() {
    return verb().commandLine().getErr();
  }

  /** What stands behind {@code archive} on the line. */
  public List<String> typed() {
    return verb().root().commandLine().getParseResult().originalArgs();
  }

  /** Which release this is, such as {@code 1.2.0}. */
  public String version() {
    String line = verb().root().version()[0];
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  /** What a verb throws that only has verbs of its own. */
  public ParameterException verbMissing() {
    return wrong("A verb is missing; one of: " + FailureReport.verbs(verb()));
  }

  /** What a verb throws when its options do not go together. */
  public ParameterException wrong(String sentence) {
    return new ParameterException(verb().commandLine(), sentence);
  }

  private CommandSpec verb() {
    return Objects.requireNonNull(verb, "picocli sets it");
  }
}
