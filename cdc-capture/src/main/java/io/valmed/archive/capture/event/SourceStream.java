package io.valmed.archive.capture.event;

import java.util.List;

/** The changes of hot behind a position, in commit order. Used by one thread. */
public interface SourceStream extends AutoCloseable {

  /**
   * The next events; empty when none came within a moment.
   *
   * @throws Exception what {@code FailureKind} classifies; the stream is to be closed then
   */
  List<SourceEvent> poll() throws Exception;

  /**
   * Everything before the position is safe in Kafka: hot may forget it, and is told soon.
   *
   * @param lsn an {@link SourceEvent.End#lsn()}
   */
  void acknowledge(long lsn);

  @Override
  void close();
}
