package io.valmed.archive.capture;

import io.valmed.archive.runtime.Work;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies the snapshot, if there is one to copy, then relays the stream. */
final class CaptureWork implements Work {

  /** Opens what follows the snapshot; called once it is in Kafka. */
  @FunctionalInterface
  interface StreamSource {
    Streaming open() throws Exception;
  }

  /**
   * The stream under way.
   *
   * @param stream where events come from
   * @param relay where they go
   * @param heartbeat what runs beside
   * @param news takes over what is found beside, and stops what must not go on
   */
  record Streaming(
      SourceStream stream, ChangeRelay relay, AutoCloseable heartbeat, Runnable news) {}

  /**
   * A snapshot to copy.
   *
   * @param source hot as it was
   * @param snapshot copies it
   * @param finish says that it is complete
   */
  record Copying(SnapshotSource source, Snapshot snapshot, Runnable finish) {}

  private final ChangeLog log;
  private final List<AutoCloseable> resources;
  private final StreamSource streams;
  private @Nullable Copying copying;
  private @Nullable Streaming streaming;

  /**
   * @param log where everything goes
   * @param resources what else is to be closed at the end
   * @param copying the snapshot; null: there is none to copy
   * @param streams opens the stream
   */
  CaptureWork(
      ChangeLog log,
      List<AutoCloseable> resources,
      @Nullable Copying copying,
      StreamSource streams) {
    this.log = log;
    this.resources = List.copyOf(resources);
    this.copying = copying;
    this.streams = streams;
  }

  @Override
  public Next step() throws Exception {
    Copying snapshot = copying;
    if (snapshot != null) {
      if (!snapshot.snapshot().step()) {
        snapshot.finish().run();
        snapshot.source().close();
        copying = null;
      }
      return Next.AGAIN;
    }
    Streaming now = streaming;
    if (now == null) {
      now = streams.open();
      streaming = now;
    }
    now.news().run();
    List<SourceEvent> batch = now.stream().poll();
    if (!batch.isEmpty()) {
      now.relay().relay(batch);
    }
    return Next.AGAIN;
  }

  @Override
  public void close() {
    // The log first: readers wait behind a transaction that is left open.
    Closing.quietly(log);
    Copying snapshot = copying;
    if (snapshot != null) {
      snapshot.source().close();
    }
    Streaming now = streaming;
    if (now != null) {
      Closing.quietly(now.heartbeat());
      now.stream().close();
    }
    resources.forEach(Closing::quietly);
  }
}
