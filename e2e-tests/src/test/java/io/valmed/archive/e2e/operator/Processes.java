package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Archive;
import java.nio.file.Path;
import java.util.List;

/** Each verb in a process of its own, as in an installation. */
final class Processes implements Programs {

  @Override
  public Running start(Path settings, List<String> words) {
    Archive process = Archive.start(settings, List.of(), words.toArray(String[]::new));
    return new Running() {
      @Override
      public boolean running() {
        return process.running();
      }

      @Override
      public String output() {
        return process.output();
      }

      @Override
      public void stop() {
        int unused = process.stop();
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }

  @Override
  public Told run(Path settings, List<String> words) {
    try (Archive process = Archive.start(settings, List.of(), words.toArray(String[]::new))) {
      int code = process.awaitExit();
      return new Told(code, process.output());
    }
  }
}
