package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.JsonLine;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.operations.trend.KpiReport;
import io.valmed.archive.operations.trend.KpiText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the strategy gains. */
@Command(
    name = "report",
    description = "Reports what archiving gains, from what the status page's process has recorded.",
    synopsisSubcommandLabel = "VERB")
public final class ReportCommand implements Runnable {
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    throw common.verbMissing();
  }

  @Command(
      name = "kpi",
      description = {
        "Shows growth of hot's tables and indexes per week, rows purged, and bytes per archived row.",
        "'./archive api' records them every day."
      },
      exitCodeList = {"0:shown", "1:nothing has been recorded yet"})
  int kpi(
      @Mixin CommonOptions options,
      @Mixin SettingsOption file,
      @Option(
              names = "--html",
              paramLabel = "FILE",
              description = "Write a page of HTML, whole in one file.")
          @Nullable Path html,
      @Option(names = "--json", description = "Answer with one JSON object.") boolean json)
      throws SQLException, IOException {
    KpiReport report =
        KpiReport.read(
            file.read(), InstantSource.system().instant().atZone(ZoneOffset.UTC).toLocalDate());
    if (html != null) {
      Files.writeString(html, KpiText.html(report));
    }
    if (json) {
      options.out().println(JsonLine.of(report.toMap()));
    } else {
      KpiText.lines(report).forEach(options.out()::println);
    }
    if (report.tables().isEmpty()) {
      options.err().println("nothing has been recorded yet: './archive api' does, within a minute");
      return ExitCode.CHECK_FAILED;
    }
    return ExitCode.OK;
  }
}
