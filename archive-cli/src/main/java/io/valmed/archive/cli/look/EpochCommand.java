package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.operations.epoch.Epochs;
import io.valmed.archive.operations.epoch.TableReconciliation;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Epochs, and the tables that wait for a person's word. */
@Command(
    name = "epoch",
    description = {
      "Shows how each table stands with each epoch, and confirms that rows which a new epoch's",
      "snapshot did not show really left hot."
    },
    synopsisSubcommandLabel = "VERB")
public final class EpochCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    throw common.verbMissing();
  }

  @Command(
      name = "list",
      description = "Lists every table with every epoch, oldest epoch first.",
      exitCodeList = {"0:nothing waits", "1:a table waits for a person"})
  int list(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(names = "--json", description = "Answer with one JSON array.") boolean json)
      throws SQLException {
    List<TableReconciliation> tables = new Epochs(file.read()).list();
    if (json) {
      options.out().println(JsonLine.of(tables.stream().map(EpochCommand::map).toList()));
    } else {
      tables.forEach(table -> options.out().println(line(table)));
    }
    return tables.stream().anyMatch(TableReconciliation::waits)
        ? ExitCode.CHECK_FAILED
        : ExitCode.OK;
  }

  @Command(
      name = "show",
      description = "Shows how the tables stand with one epoch, with what was counted.",
      exitCodeList = {"0:shown", "1:the archive has nothing of that epoch"})
  int show(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Parameters(paramLabel = "EPOCH", description = "The epoch's number.") int epoch,
      @Option(names = "--json", description = "Answer with one JSON array.") boolean json)
      throws SQLException {
    List<TableReconciliation> tables =
        new Epochs(file.read()).list().stream().filter(t -> t.epoch() == epoch).toList();
    if (tables.isEmpty()) {
      options.err().println("archive: the archive has nothing of epoch " + epoch);
      return ExitCode.CHECK_FAILED;
    }
    if (json) {
      options.out().println(JsonLine.of(tables.stream().map(EpochCommand::map).toList()));
      return ExitCode.OK;
    }
    for (TableReconciliation table : tables) {
      map(table).forEach((name, value) -> options.out().println("%-12s %s".formatted(name, value)));
      options.out().println();
    }
    return ExitCode.OK;
  }

  @Command(
      name = "confirm",
      description = {
        "Says that the rows which the epoch's snapshot did not show really left hot: as many as the",
        "sink has counted, and no more. The sink then moves them to the cold store."
      },
      exitCodeList = {"0:recorded; the sink goes on", "1:a table waits all the same"})
  int confirm(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Parameters(
              paramLabel = "TABLE",
              arity = "0..1",
              description = "The table, as the list has it; without it every one that waits.")
          @Nullable String table,
      @Option(names = "--epoch", required = true, description = "The epoch's number.") int epoch,
      @Option(names = "--by", required = true, description = "Who says so.") String by,
      @Option(names = "--reason", required = true, description = "How the rows left.")
          String reason,
      @Option(
              names = "--although-counts-differ",
              description = "Accept a snapshot of which not every row was applied.")
          boolean althoughCountsDiffer)
      throws SQLException {
    if (by.isBlank() || reason.isBlank()) {
      throw options.wrong("Say who confirms it, and why, with --by and --reason");
    }
    int code = ExitCode.OK;
    for (Epochs.Answer answer :
        new Epochs(file.read())
            .confirm(new Epochs.Statement(table, epoch, by, reason, althoughCountsDiffer))) {
      options.out().println(answer.sentence());
      code = answer.recorded() ? code : ExitCode.CHECK_FAILED;
    }
    return code;
  }

  private static String line(TableReconciliation table) {
    return "%-4d %s  %s%s"
        .formatted(
            table.epoch(),
            table.table(),
            table.state(),
            table.waits() ? ": " + table.sentence() : "");
  }

  private static Map<String, @Nullable Object> map(TableReconciliation table) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("epoch", table.epoch());
    map.put("table", table.table().toString());
    map.put("state", table.state());
    map.put("announced", table.announced());
    map.put("applied", table.applied());
    map.put("unseen", table.unseen());
    map.put("sentence", table.sentence());
    map.put("looked_at", table.lookedAt());
    map.put("confirmed", table.confirmed());
    return map;
  }
}
