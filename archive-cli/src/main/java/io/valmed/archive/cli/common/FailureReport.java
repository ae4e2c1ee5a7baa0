package io.valmed.archive.cli.common;

import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.kafka.KafkaRefusal;
import io.valmed.archive.runtime.settings.SettingsException;
import io.valmed.archive.runtime.settings.yaml.NearestName;
import io.valmed.archive.stack.StackException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Makes of every failure one sentence with a way out, and its exit code. */
public final class FailureReport implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("archive: " + argument(failure, command.getCommandSpec()));
    err.println("  See '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    if (LogFormatOption.json()) {
      err.println(json(failure, sentence(failure, command.getCommandSpec())));
      return exitCode(failure);
    }
    err.println("archive: " + sentence(failure, command.getCommandSpec()));
    if (CommonOptions.verbose()) {
      err.print(Failures.trace(failure));
    } else if (exitCode(failure) == ExitCode.INTERNAL) {
      err.println("  This is a fault of the product; --verbose shows where it happened.");
    }
    return exitCode(failure);
  }

  private static String json(Exception failure, String sentence) {
    Map<String, @Nullable Object> line =
        JsonLog.head(
            InstantSource.system().instant(), "ERROR", FailureReport.class.getName(), sentence);
    line.put("exit_code", exitCode(failure));
    if (CommonOptions.verbose()) {
      line.put("trace", Failures.trace(failure));
    }
    return JsonLine.of(line);
  }

  /** The exit code for a failure. */
  public static int exitCode(Throwable failure) {
    if (failure instanceof SettingsException) {
      return ExitCode.USAGE;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StopException
          || cause instanceof StackException
          || KafkaRefusal.is(cause)) {
        return ExitCode.STOPPED;
      }
      if (cause instanceof SQLException sql) {
        return FailureKind.ofSqlState(sql.getSQLState()) == FailureKind.RETRY
            ? ExitCode.UNREACHABLE
            : ExitCode.STOPPED;
      }
    }
    return FailureKind.of(failure) == FailureKind.RETRY ? ExitCode.UNREACHABLE : ExitCode.INTERNAL;
  }

  /** The failure as a sentence, with the names of the servers that the settings have. */
  private static String sentence(Exception failure, CommandSpec spec) {
    return spec.mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(SettingsOption.class::isInstance)
        .map(option -> ((SettingsOption) option).servers())
        .flatMap(Optional::stream)
        .findFirst()
        .map(servers -> servers.sentence(failure))
        .orElseGet(() -> Failures.sentence(failure));
  }

  /** The verbs of a command, comma separated. */
  static String verbs(CommandSpec spec) {
    return String.join(", ", spec.subcommands().keySet());
  }

  private static String argument(ParameterException failure, CommandSpec spec) {
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().get(0);
      List<String> known = word.startsWith("-") ? options(spec) : verbs(spec, word);
      String kind = word.startsWith("-") ? "option" : "verb or argument";
      return "'"
          + word
          + "' is no known "
          + kind
          + NearestName.to(word, known)
              .map(near -> "; did you mean '" + near + "'?")
              .orElse(known.isEmpty() ? "." : "; known: " + String.join(", ", known));
    }
    return String.valueOf(failure.getMessage());
  }

  private static List<String> options(CommandSpec spec) {
    return spec.options().stream()
        .filter(option -> !option.hidden())
        .map(option -> option.longestName())
        .collect(Collectors.toList());
  }

  private static List<String> verbs(CommandSpec spec, String word) {
    return word.isEmpty() ? List.of() : List.copyOf(spec.subcommands().keySet());
  }
}
