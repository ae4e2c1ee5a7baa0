package io.valmed.archive.cli.service;

import io.valmed.archive.api.ApiService;
import io.valmed.archive.api.Statuses;
import io.valmed.archive.cli.common.CommonOptions;
import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.LogFormatOption;
import io.valmed.archive.cli.common.SettingsOption;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole way, to look at. */
@Command(
    name = "api",
    description = {
      "Serves the status page, its JSON and /metrics of the whole way, until told to stop (SIGTERM,",
      "Ctrl-C)."
    },
    exitCodeList = {
      "0:it was told to stop, and has ended in order",
      "2:the settings are wrong; it has not begun",
      "4:it stopped until a person has done something; its last line says what"
    })
public final class ApiCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private SettingsOption settings = new SettingsOption();

  /** It takes effect as it is read. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private LogFormatOption logFormat = new LogFormatOption();

  @Override
  public Integer call() throws Exception {
    common.tellStates();
    return ServiceRun.of("api", ExitCode.OK, this::start);
  }

  private ServiceRun.Service start() {
    Settings read = settings.read();
    ApiService api = ApiService.start(read, common.version(), Statuses.of(read));
    return new ServiceRun.Service() {
      @Override
      public LoopState state() {
        return api.state();
      }

      @Override
      public void stop() {
        api.stop();
      }

      @Override
      public void awaitEnd() throws InterruptedException {
        api.awaitEnd();
      }

      @Override
      public void close() {
        api.close();
      }

      @Override
      public int healthPort() {
        return api.healthPort();
      }
    };
  }
}
