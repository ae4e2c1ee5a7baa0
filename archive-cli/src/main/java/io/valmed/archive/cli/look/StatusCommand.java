package io.valmed.archive.cli.look;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusJson;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How a row's way does, in one screen. */
@Command(
    name = "status",
    description = {
      "Shows in one screen how the way of rows does, which hop is the cause if it is not well, and what to do.",
      "Measured from outside, so that what is dead shows too. What does not stand still is watched",
      "for some seconds first. Changes nothing."
    },
    exitCodeList = {
      "0:all is well, or it catches up",
      "1:a hop falls behind, stands still, is down, or is not known",
      ExitCode.INTERRUPTED_LINE
    })
public final class StatusCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();
  @Mixin private ShownOptions shown = new ShownOptions();

  @Override
  public Integer call() throws InterruptedException {
    return Looking.at(settings.read(), common, shown.watch(), this::text);
  }

  private String text(Status status) {
    return shown.json()
        ? new String(StatusJson.status(status), StandardCharsets.UTF_8)
        : StatusScreen.of(status);
  }

  /** What the state tells the shell. */
  static int code(Status status) {
    return status.state().compareTo(HopState.CATCHING_UP) <= 0
        ? ExitCode.OK
        : ExitCode.CHECK_FAILED;
  }
}
