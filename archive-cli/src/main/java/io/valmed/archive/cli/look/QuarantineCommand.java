package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.sink.QuarantineService;
import io.valmed.archive.sink.quarantine.QuarantinedRecord;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes that the archive could not take. */
@Command(
    name = "quarantine",
    description = {
      "Shows the changes that the archive could not take, and tries them again.",
      "Never shows what they hold."
    },
    synopsisSubcommandLabel = "VERB")
public final class QuarantineCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    throw common.verbMissing();
  }

  @Command(name = "list", description = "Lists the open records, oldest first.")
  int list(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(names = "--all", description = "List the settled ones too.") boolean all,
      @Option(names = "--json", description = "Answer with one JSON array.") boolean json)
      throws SQLException {
    List<QuarantinedRecord> records = new QuarantineService(file.read()).list(all);
    if (json) {
      options.out().println(JsonLine.of(records.stream().map(QuarantineCommand::map).toList()));
      return ExitCode.OK;
    }
    records.forEach(record -> options.out().println(line(record)));
    long open = records.stream().filter(record -> record.resolvedAt() == null).count();
    options.out().println(open + " open record(s)");
    return ExitCode.OK;
  }

  @Command(
      name = "show",
      description = "Shows one record.",
      exitCodeList = {"0:shown", "1:there is no such record"})
  int show(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Parameters(paramLabel = "ID", description = "The record's number in the list.") long id,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json)
      throws SQLException {
    @Nullable QuarantinedRecord record = new QuarantineService(file.read()).find(id).orElse(null);
    if (record == null) {
      options.err().println("archive: there is no record " + id + " in the quarantine");
      return ExitCode.CHECK_FAILED;
    }
    if (json) {
      options.out().println(JsonLine.of(map(record)));
    } else {
      map(record)
          .forEach((name, value) -> options.out().println("%-14s %s".formatted(name, value)));
    }
    return ExitCode.OK;
  }

  @Command(
      name = "retry",
      description = {
        "Applies a record by the sink's own rules, unless a newer change of its row stands in the",
        "archive, and settles it."
      },
      exitCodeList = {
        "0:all are settled",
        "1:a record stays; the output says why",
        ExitCode.INTERRUPTED_LINE
      })
  int retry(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Parameters(
              paramLabel = "ID",
              arity = "0..1",
              description = "The record's number in the list.")
          @Nullable Long id,
      @Option(names = "--all", description = "Retry every open record, oldest first.") boolean all)
      throws Exception {
    if (all == (id != null)) {
      throw options.wrong("Name one record by its ID, or all of them with --all");
    }
    QuarantineService quarantine = new QuarantineService(file.read());
    List<Long> wanted =
        id != null
            ? List.of(id)
            : quarantine.list(false).stream().map(QuarantinedRecord::id).toList();
    int code = ExitCode.OK;
    for (long one : wanted) {
      RetryOutcome outcome = quarantine.retry(one);
      options.out().println("%-6d %s".formatted(one, outcome.sentence()));
      code = outcome.settled() ? code : ExitCode.CHECK_FAILED;
    }
    return code;
  }

  private static String line(QuarantinedRecord record) {
    return "%-6d %s  %s  key %s  since %s: %s%s"
        .formatted(
            record.id(),
            record.table(),
            record.place(),
            record.keyDigest().substring(0, 12),
            record.quarantinedAt(),
            record.reason(),
            record.resolution() == null ? "" : " [" + record.resolution() + "]");
  }

  private static Map<String, @Nullable Object> map(QuarantinedRecord record) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", record.id());
    map.put("table", record.table());
    map.put("place", record.place());
    map.put("key_digest", record.keyDigest());
    map.put("sqlstate", record.sqlState());
    map.put("reason", record.reason());
    map.put("quarantined_at", record.quarantinedAt());
    map.put("resolved_at", record.resolvedAt());
    map.put("resolution", record.resolution());
    return map;
  }
}
