package io.valmed.archive.cli;

import io.valmed.archive.cli.common.FailureReport;
import io.valmed.archive.runtime.Failures;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the {@code archive} command begins. */
public final class ArchiveMain {
  private ArchiveMain() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) ->
            err.println("thread " + thread.getName() + " ended by\n" + Failures.trace(failure)));
    int code = commandLine(out, err).execute(arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /** The command, with its failures made sentences. */
  public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return commandLine(new ArchiveCommand(), out, err);
  }

  /** A command that fails, and reads its arguments, as all of the product's do. */
  public static CommandLine commandLine(Object command, PrintWriter out, PrintWriter err) {
    FailureReport failures = new FailureReport();
    return headed(new CommandLine(command))
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setExecutionStrategy(ArchiveMain::run)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedSubcommandsAllowed(false)
        .setUsageHelpWidth(100);
  }

  /** A list of verbs shows the first sentence of each, whole: picocli would show the first line. */
  private static CommandLine headed(CommandLine command) {
    for (CommandLine verb : command.getSubcommands().values()) {
      UsageMessageSpec usage = verb.getCommandSpec().usageMessage();
      if (usage.header().length == 0) {
        String[] sentences = String.join(" ", usage.description()).split("(?<=\\.) ", 2);
        usage.header(sentences[0]);
        usage.description(Arrays.copyOfRange(sentences, 1, sentences.length));
      }
      if (!usage.exitCodeList().isEmpty()) {
        usage.exitCodeListHeading("%nExit codes%n");
      }
      headed(verb);
    }
    return command;
  }

  /**
   * Help is no answer to a verb that does not exist: a script that asks for its help would be told
   * that it does. Picocli looks at nothing else once help is asked for.
   */
  private static int run(ParseResult parsed) {
    for (CommandLine command : parsed.asCommandLineList()) {
      List<String> unmatched = command.getUnmatchedArguments();
      if (!unmatched.isEmpty() && command.getCommandSpec().unmatchedArgsBindings().isEmpty()) {
        throw new UnmatchedArgumentException(command, unmatched);
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }
}
