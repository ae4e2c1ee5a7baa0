package io.valmed.archive.e2e.operator;

import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.CaptureService;
import io.valmed.archive.cli.ArchiveMain;
import io.valmed.archive.purge.PurgeOptions;
import io.valmed.archive.purge.PurgeService;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.sink.SinkService;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Every verb within this process: nothing waits for a JVM to start. A service ends as it does by
 * SIGTERM, and what it logs is what its process would have written.
 */
final class OneProcess implements Programs {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  /** A service, whichever module it is of. */
  private record Service(Supplier<LoopState> state, Runnable stop, Runnable close) {}

  @Override
  public Running start(Path settings, List<String> words) {
    String name = words.get(0);
    StringWriter told = Telling.of(name);
    try {
      return running(service(words, SettingsReader.read(settings, Map.of())), told);
    } catch (RuntimeException e) {
      told.append("archive: ").append(Failures.sentence(e)).append('\n');
      return running(new Service(() -> new LoopState.Failed(e), () -> {}, () -> {}), told);
    }
  }

  private static Service service(List<String> words, Settings settings) {
    switch (words.get(0)) {
      case "capture" -> {
        int after = words.indexOf("--after");
        CaptureService capture =
            CaptureService.start(
                settings,
                new CaptureOptions(
                    words.contains("--new-epoch"),
                    LOOK_EVERY,
                    after < 0 ? 0 : Integer.parseInt(words.get(after + 1)),
                    words.contains("--give-up-slot")));
        return new Service(capture::state, capture::stop, capture::close);
      }
      case "sink" -> {
        SinkService sink = SinkService.start(settings);
        return new Service(sink::state, sink::stop, sink::close);
      }
      case "purge" -> {
        PurgeService purge = PurgeService.start(settings, new PurgeOptions(false));
        return new Service(purge::state, purge::stop, purge::close);
      }
      default -> throw new IllegalArgumentException(words + " is no service");
    }
  }

  private static Running running(Service service, StringWriter told) {
    return new Running() {
      private boolean closed;

      @Override
      public boolean running() {
        return !closed && !service.state().get().ended();
      }

      @Override
      public String output() {
        return told.toString();
      }

      @Override
      public void stop() {
        service.stop().run();
        close();
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          service.close().run();
        }
      }
    };
  }

  @Override
  public Told run(Path settings, List<String> words) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--config", settings.toString()));
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output, true);
    int code = ArchiveMain.commandLine(writer, writer).execute(all.toArray(String[]::new));
    return new Told(code, output.toString());
  }
}
