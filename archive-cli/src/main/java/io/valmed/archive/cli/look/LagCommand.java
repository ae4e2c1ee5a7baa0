package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusJson;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How far the archive is behind Kafka. */
@Command(
    name = "lag",
    description = {
      "Shows for each table and partition what is in Kafka and not in the archive yet.",
      "Ends are those of committed records. Changes nothing."
    },
    exitCodeList = {
      "0:all is well, or it catches up",
      "1:a hop falls behind, stands still, is down, or is not known: see './archive status'",
      ExitCode.INTERRUPTED_LINE
    })
public final class LagCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();
  @Mixin private ShownOptions shown = new ShownOptions();

  @Override
  public Integer call() throws InterruptedException {
    return Looking.at(settings.read(), common, shown.watch(), this::text);
  }

  private String text(Status status) {
    return shown.json()
        ? new String(StatusJson.lag(status), StandardCharsets.UTF_8)
        : LagScreen.of(status);
  }
}
