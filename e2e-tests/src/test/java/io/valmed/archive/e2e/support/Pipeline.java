package io.valmed.archive.e2e.support;

import java.time.Duration;

/** Capture and sink of an installation as processes, and what they have reached. */
public final class Pipeline implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Installation installation;
  private Archive capture;
  private Archive sink;

  private Pipeline(Installation installation) {
    this.installation = installation;
    this.capture = Archive.start(installation, "capture");
    this.sink = Archive.start(installation, "sink");
  }

  /** Starts both and returns when the snapshot has reached the archive. */
  public static Pipeline start(Installation installation) {
    Pipeline pipeline = new Pipeline(installation);
    try {
      pipeline.awaitArchived();
    } catch (RuntimeException | Error e) {
      pipeline.close();
      throw e;
    }
    return pipeline;
  }

  public void killAndRestartCapture() {
    capture.kill();
    capture = Archive.start(installation, "capture");
  }

  public void killAndRestartSink() {
    sink.kill();
    sink = Archive.start(installation, "sink");
  }

  public void stopSink() {
    sink.stop();
  }

  public void startSink() {
    sink = Archive.start(installation, "sink");
  }

  public String logs() {
    return "== capture\n" + capture.output() + "== sink\n" + sink.output();
  }

  /** Returns when the archive has everything that is committed in hot now. */
  public void awaitArchived() {
    new CatchUp(installation).within(PATIENCE, this::logs);
  }

  @Override
  public void close() {
    capture.close();
    sink.close();
  }
}
