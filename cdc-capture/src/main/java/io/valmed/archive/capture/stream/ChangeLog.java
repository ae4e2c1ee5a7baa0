package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.SchemaRecord;

/**
 * The product's topics, written in transactions by one writer; another one fences this off. Used by
 * one thread. Any method may fail with what {@code FailureKind} classifies; the log is to be closed
 * then, and what was appended since the last commit is void unless a stored offset says otherwise.
 */
public interface ChangeLog extends AutoCloseable {

  /** A row's change, into the row's partition. */
  void change(TableRoute route, byte[] rowKey, byte[] value);

  /** A row's departure and, directly behind it, the tombstone of the row's key. */
  void departure(TableRoute route, byte[] rowKey, byte[] departureKey, byte[] value);

  /**
   * A departure without a tombstone: of a row whose key another row may have by now, which the
   * tombstone would take out of the topic.
   */
  void departureAlone(TableRoute route, byte[] rowKey, byte[] departureKey, byte[] value);

  /** A change of a table that is parked. */
  void park(ParkedRoute route, byte[] value);

  void schema(SchemaRecord record);

  void alarm(Alarm alarm);

  /** Replaces the stored offset. */
  void offset(SourceOffset offset);

  /** Deletes the stored offset. */
  void forgetOffset();

  /**
   * Makes everything appended since the last commit visible, at once. Does nothing when nothing was
   * appended. A failure leaves it open whether the commit took place.
   */
  void commit();

  /** The positions behind the last record of every partition of every table's topic. */
  Positions positions();

  /** Aborts what is not committed, as far as that works within a moment. */
  @Override
  void close();
}
