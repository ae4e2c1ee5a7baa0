package io.valmed.archive.cli.local;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.sample.StackSettings;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.StackState;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Real PostgreSQL and Kafka on this machine, without Docker. */
@Command(
    name = "stack",
    description = "Starts, shows or stops a hot and an archive PostgreSQL and a Kafka broker here.",
    synopsisSubcommandLabel = "VERB")
public final class StackCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    throw common.verbMissing();
  }

  @Command(
      name = "up",
      description = "Starts all three and leaves them running.",
      exitCodeList = {"0:all three run", ExitCode.INTERRUPTED_LINE})
  int up(@Mixin CommonOptions options, @Mixin Where where) {
    List<String> notes = new ArrayList<>();
    StackState state =
        LocalStack.up(
            StackOptions.keptIn(where.directory).withVerbose(CommonOptions.verbose()), notes);
    notes.forEach(options.err()::println);
    Path settings = StackSettings.write(state);
    show(options.out(), state, where.json);
    if (!where.json) {
      options.out().println("settings   " + settings);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "status",
      description = "Shows addresses, users, password files and what runs.",
      exitCodeList = {"0:all three run", "1:one of them does not"})
  int status(@Mixin CommonOptions options, @Mixin Where where) {
    StackState state = LocalStack.status(where.directory);
    show(options.out(), state, where.json);
    return state.running() ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }

  @Command(name = "down", description = "Stops all three; their data stay.")
  int down(@Mixin CommonOptions options, @Mixin Where where) {
    show(options.out(), LocalStack.down(where.directory), where.json);
    return ExitCode.OK;
  }

  static final class Where {
    @Option(
        names = "--dir",
        paramLabel = "D",
        defaultValue = ".archive/stack",
        description = "Where its data are kept (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(".archive/stack");

    @Option(names = "--json", description = "Answer with one JSON object.")
    private boolean json;
  }

  private static void show(PrintWriter out, StackState state, boolean json) {
    if (json) {
      out.println(state.toJson());
      return;
    }
    out.println("directory  " + state.directory());
    show(out, "hot    ", state.hot());
    show(out, "archive", state.archive());
    out.println(
        "kafka      "
            + (state.kafka().running() ? "runs  " : "down  ")
            + state.kafka().bootstrapServers());
  }

  private static void show(PrintWriter out, String name, StackState.Postgres server) {
    out.println(
        name
            + "    "
            + (server.running() ? "runs  " : "down  ")
            + server.jdbcUrl()
            + "  user "
            + server.superuser()
            + "  password file "
            + server.passwordFile());
  }
}
