package io.valmed.archive.demo;

import io.valmed.archive.api.ApiService;
import io.valmed.archive.api.Statuses;
import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.CaptureService;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.PurgeOptions;
import io.valmed.archive.purge.PurgeService;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sample.LiveCounts;
import io.valmed.archive.sample.LiveTraffic;
import io.valmed.archive.sink.SinkService;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Capture, sink, purge and the wards at work, all in this process. Used by one thread. */
final class Pipeline implements AutoCloseable {
  private final Settings settings;
  private final CaptureService capture;
  private final SinkService sink;
  private final ServiceMetrics captureMetrics;
  private final ServiceMetrics sinkMetrics;
  private @Nullable PurgeService purge;
  private @Nullable LiveTraffic traffic;
  private @Nullable ApiService api;
  private LiveCounts live = LiveCounts.NONE;

  private Pipeline(Settings settings, CaptureService capture, SinkService sink) {
    this.settings = settings;
    this.capture = capture;
    this.sink = sink;
    this.captureMetrics = new ServiceMetrics(capture.healthPort());
    this.sinkMetrics = new ServiceMetrics(sink.healthPort());
  }

  /** Starts capture and sink. */
  static Pipeline start(Settings settings) {
    CaptureService capture = CaptureService.start(settings, CaptureOptions.NONE);
    try {
      return new Pipeline(settings, capture, SinkService.start(settings));
    } catch (RuntimeException e) {
      capture.close();
      throw e;
    }
  }

  /** Lets the wards work, at so many transactions a second; none at 0. */
  void startTraffic(double perSecond, long seed) {
    if (perSecond > 0) {
      traffic =
          new LiveTraffic(
              () -> settings.hot().migrator().connect("archive demo wards"), perSecond, seed);
      traffic.start();
    }
  }

  /** Serves the status page; returns where. */
  String startPage() {
    ApiService started = ApiService.start(settings, "demo", Statuses.of(settings));
    api = started;
    return started.address();
  }

  void startPurge() {
    purge = PurgeService.start(settings, new PurgeOptions(false));
  }

  /** Ends the wards' work; what they did is final then. */
  void stopTraffic() {
    if (traffic != null) {
      traffic.close();
      live = traffic.counts();
      traffic = null;
    }
  }

  /** Ends purging after the page under way. */
  void stopPurge() {
    if (purge != null) {
      purge.close();
      purge = null;
    }
  }

  /** What the wards have committed so far. */
  LiveCounts live() {
    return traffic == null ? live : traffic.counts();
  }

  /** Changes that capture has written to Kafka since its start. */
  long captured() throws InterruptedException {
    return captureMetrics.sum("archive_capture_changes_total");
  }

  /** Changes that the sink has applied since its start. */
  long applied() throws InterruptedException {
    return sinkMetrics.sum("archive_sink_records_total");
  }

  /** What purge has done since its start. */
  PurgeCounts purged() {
    return purge == null ? new PurgeCounts(Map.of(), Map.of()) : purge.counts();
  }

  /**
   * Makes sure that nothing has ended by itself.
   *
   * @throws StopException when a service has stopped, with its reason
   */
  void check() throws SQLException {
    check("capture", capture.state());
    check("sink", sink.state());
    if (purge != null) {
      check("purge", purge.state());
    }
    if (traffic != null && traffic.failure() != null) {
      throw traffic.failure();
    }
  }

  /** How the services are, for a message. */
  String states() {
    StringBuilder text = new StringBuilder("capture ").append(capture.state().describe());
    text.append(", sink ").append(sink.state().describe());
    if (purge != null) {
      text.append(", purge ").append(purge.state().describe());
      purged().roots().forEach((table, root) -> text.append(stayed(table, root)));
    }
    return text.toString();
  }

  private static String stayed(TableId table, PurgeCounts.Root root) {
    if (root.held() != null) {
      return "; " + table + " is held: " + root.held();
    }
    return root.kept().isEmpty() ? "" : "; of " + table + " stayed " + root.kept();
  }

  private static void check(String name, LoopState state) {
    Throwable failure = state.failure();
    if (state instanceof LoopState.Failed && failure != null) {
      throw new StopException(name + " stopped: " + Failures.sentence(failure), failure);
    }
  }

  @Override
  public void close() {
    if (api != null) {
      api.close();
    }
    stopTraffic();
    stopPurge();
    sink.stop();
    capture.stop();
    sink.close();
    capture.close();
  }
}
