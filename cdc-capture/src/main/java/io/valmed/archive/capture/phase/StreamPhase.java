package io.valmed.archive.capture.phase;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.capture.stream.ChangeRelay;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Relays the stream for as long as capture runs. */
public final class StreamPhase implements Phase {

  /** Opens the stream, when everything before it is in Kafka. */
  @FunctionalInterface
  public interface Source {
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
  public record Streaming(
      SourceStream stream, ChangeRelay relay, AutoCloseable heartbeat, Runnable news) {}

  private final Source source;
  private @Nullable Streaming streaming;

  public StreamPhase(Source source) {
    this.source = source;
  }

  @Override
  public Phase step() throws Exception {
    Streaming now = streaming;
    if (now == null) {
      now = source.open();
      streaming = now;
    }
    now.news().run();
    List<SourceEvent> batch = now.stream().poll();
    if (!batch.isEmpty()) {
      now.relay().relay(batch);
    }
    return this;
  }

  @Override
  public void close() {
    Streaming now = streaming;
    if (now != null) {
      Closing.quietly(now.heartbeat());
      now.stream().close();
    }
  }
}
