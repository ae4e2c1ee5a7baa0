package io.valmed.archive.cli;

import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.sink.SinkService;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Kafka to archive. */
@Command(
    name = "sink",
    description = "Applies the topics to the archive, until told to stop (SIGTERM, Ctrl-C).")
final class SinkCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  /** It takes effect as it is read. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private LogFormatOption logFormat = new LogFormatOption();

  @Override
  public Integer call() throws Exception {
    common.tellStates();
    return ServiceRun.of("sink", () -> service(SinkService.start(settings.read())));
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
