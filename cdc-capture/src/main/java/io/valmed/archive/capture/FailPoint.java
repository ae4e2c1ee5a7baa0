package io.valmed.archive.capture;

import io.valmed.archive.capture.event.SourceEvent;
import org.jspecify.annotations.Nullable;

/** Where a test may make capture fail. */
@FunctionalInterface
public interface FailPoint {

  /** The places, in the order in which a row passes them. */
  enum Place {
    /** A new epoch is announced in Kafka; the old slot still stands. */
    ANNOUNCED,
    /** The new slot stands, nothing is copied. */
    SLOT_MADE,
    /** A table's purge is held, its marker is not appended. */
    HELD,
    /** A stretch of a table is to be copied; its first row may take a while to come. */
    COPYING,
    /** A new epoch's snapshot is whole; what was parked before is not looked at. */
    COPIED,
    /** An event was appended to the open Kafka transaction. */
    APPENDED,
    /** Everything is appended, nothing committed. */
    BEFORE_COMMIT,
    /** Kafka has committed, hot has not been told. */
    AFTER_COMMIT,
    /** Hot has been told that it may forget. */
    ACKNOWLEDGED
  }

  /** Never fails. */
  FailPoint NONE = (place, event) -> {};

  /**
   * @param event the event that was appended; null at the other places and in a snapshot
   */
  void reached(Place place, @Nullable SourceEvent event);
}
