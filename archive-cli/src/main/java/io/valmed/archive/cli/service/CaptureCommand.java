package io.valmed.archive.cli.service;

import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.CaptureService;
import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.LogFormatOption;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.runtime.LoopState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Hot to Kafka. */
@Command(
    name = "capture",
    description = "Carries hot's changes into Kafka, until told to stop (SIGTERM, Ctrl-C).",
    exitCodeList = {
      "0:it was told to stop, and has ended in order",
      "2:the settings are wrong; it has not begun",
      "4:it stopped until a person has done something; its last line says what"
    })
public final class CaptureCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  /** It takes effect as it is read. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private LogFormatOption logFormat = new LogFormatOption();

  @Option(
      names = "--new-epoch",
      description = {
        "Begin a new epoch with a snapshot: after hot was restored or the slot was lost. What the",
        "slot still has from before is read first. What left hot unseen is then found and listed,",
        "never dropped; where that is more than a small share of a table, the sink asks first: see",
        "'archive epoch'."
      })
  private boolean newEpoch;

  @Option(
      names = "--after",
      paramLabel = "EPOCH",
      description = {
        "With --new-epoch: its number is above this one. The sink asks for it where the archive",
        "knows an epoch that hot and the topics have forgotten, both put back to an older state."
      })
  private int after;

  @Option(
      names = "--give-up-slot",
      description = {
        "With --new-epoch: drop the slot without reading what it still has. Rows that were inserted",
        "and deleted since the last change in Kafka are then in no database."
      })
  private boolean giveUpSlot;

  @Override
  public Integer call() throws Exception {
    if (after < 0 || (after > 0 && !newEpoch)) {
      throw common.wrong(
          "--after takes the number of an epoch, 1 or more, together with --new-epoch");
    }
    if (giveUpSlot && !newEpoch) {
      throw common.wrong("--give-up-slot goes together with --new-epoch");
    }
    common.tellStates();
    return ServiceRun.of(
        "capture",
        ExitCode.OK,
        () ->
            service(
                CaptureService.start(
                    settings.read(), new CaptureOptions(newEpoch, after, giveUpSlot))));
  }

  private static ServiceRun.Service service(CaptureService capture) {
    return new ServiceRun.Service() {
      @Override
      public LoopState state() {
        return capture.state();
      }

      @Override
      public void stop() {
        capture.stop();
      }

      @Override
      public void awaitEnd() throws InterruptedException {
        capture.awaitEnd();
      }

      @Override
      public void close() {
        capture.close();
      }

      @Override
      public int healthPort() {
        return capture.healthPort();
      }
    };
  }
}
