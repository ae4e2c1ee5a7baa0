package io.valmed.archive.sink.read;

import java.util.List;

/** The alarms topic, read whole by each sink. Used by one thread. */
public interface AlarmTopic extends AutoCloseable {

  /** A record as it was read; nobody compares two of them. */
  @SuppressWarnings("ArrayRecordComponent")
  record Read(long offset, byte[] value) {}

  /** Which topic it is: another one under its name has another id. */
  String id();

  /** Reads from that record on; from the beginning where the topic does not reach it. */
  void readFrom(long offset);

  /** Committed records that have come since, without waiting for more. */
  List<Read> poll();

  @Override
  void close();
}
