package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.operations.alarm.AlarmText;
import io.valmed.archive.operations.alarm.Alarms;
import java.sql.SQLException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a person should know of, until a person has looked. */
@Command(
    name = "alarms",
    description = {
      "Shows what a person should know of: a table truncated in hot, a table that stopped, a purge",
      "that did something else than delete, rows that differ. Those that hold a table's purge show in",
      "'purge status' too."
    },
    synopsisSubcommandLabel = "VERB")
public final class AlarmsCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    throw common.verbMissing();
  }

  @Command(
      name = "list",
      description = "Lists the open alarms, oldest first.",
      exitCodeList = {"0:none is open", "1:somebody has to look"})
  int list(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(names = "--all", description = "List those that somebody has looked at too.")
          boolean all,
      @Option(names = "--json", description = "Answer with one JSON array.") boolean json)
      throws SQLException {
    List<AlarmTable.Alarm> alarms = new Alarms(file.read()).list(all);
    long open = alarms.stream().filter(alarm -> alarm.acknowledged() == null).count();
    if (json) {
      options.out().println(JsonLine.of(alarms.stream().map(AlarmText::map).toList()));
    } else {
      alarms.forEach(alarm -> options.out().println(AlarmText.line(alarm)));
      options.out().println(open + " open alarm(s)");
    }
    return open == 0 ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }

  @Command(
      name = "ack",
      description = {
        "Says that a person has looked at alarms. Each is settled, and the hold that it was ends;",
        "holds that have other causes stay."
      },
      exitCodeList = {"0:all are settled", "1:one of them is not open; the output says which"})
  int ack(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Parameters(paramLabel = "ID", arity = "1..*", description = "Their numbers in the list.")
          List<Long> ids,
      @Option(
              names = "--by",
              paramLabel = "NAME",
              required = true,
              description = "Who has looked; kept with the alarm.")
          String who,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "What was found; kept with the alarm.")
          String reason)
      throws SQLException {
    if (who.isBlank() || reason.isBlank()) {
      throw options.wrong("--by and --reason may not be empty: whoever asks later reads them");
    }
    List<Long> settled = new Alarms(file.read()).acknowledge(ids, who.strip(), reason.strip());
    for (long id : ids) {
      options
          .out()
          .println(
              settled.contains(id)
                  ? "alarm " + id + " is settled"
                  : "there is no open alarm " + id + "; see './archive alarms list --all'");
    }
    return settled.containsAll(ids) ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }
}
