package io.valmed.archive.cli.service;

import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.LogFormatOption;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.sink.SinkService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Kafka to archive. */
@Command(
    name = "sink",
    description = "Applies the topics to the archive, until told to stop (SIGTERM, Ctrl-C).",
    exitCodeList = {
      "0:it was told to stop, and has ended in order",
      "2:the settings are wrong; it has not begun",
      "4:it stopped until a person has done something; its last line says what"
    })
public final class SinkCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  /** It takes effect as it is read. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private LogFormatOption logFormat = new LogFormatOption();

  @Override
  public Integer call() throws Exception {
    common.tellStates();
    return ServiceRun.of("sink", ExitCode.OK, () -> service(SinkService.start(settings.read())));
  }

  private static ServiceRun.Service service(SinkService sink) {
    return new ServiceRun.Service() {
      @Override
      public LoopState state() {
        return sink.state();
      }

      @Override
      public void stop() {
        sink.stop();
      }

      @Override
      public void awaitEnd() throws InterruptedException {
        sink.awaitEnd();
      }

      @Override
      public void close() {
        sink.close();
      }

      @Override
      public int healthPort() {
        return sink.healthPort();
      }
    };
  }
}
