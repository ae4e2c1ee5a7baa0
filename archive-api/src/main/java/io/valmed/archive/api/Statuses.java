package io.valmed.archive.api;

import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusWatch;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where statuses come from: measured again and again, whoever asks. */
public interface Statuses extends AutoCloseable {

  /** Those of the installation, measured from now on. */
  static Statuses of(Settings settings) {
    StatusWatch watch = StatusWatch.start(settings);
    return new Statuses() {
      @Override
      public @Nullable Status status(Duration longest) throws InterruptedException {
        try {
          return watch.status(longest);
        } catch (IllegalStateException e) {
          return null;
        }
      }

      @Override
      public void onStatus(Consumer<Status> listener) {
        watch.onStatus(listener);
      }

      @Override
      public void close() {
        watch.close();
      }
    };
  }

  /**
   * The newest one.
   *
   * @param longest how long the first one is waited for
   * @return null: there was none within that time
   */
  @Nullable Status status(Duration longest) throws InterruptedException;

  /** Calls the listener after each measurement, on the thread that measures. */
  void onStatus(Consumer<Status> listener);

  @Override
  void close();
}
