package io.valmed.archive.capture;

import org.jspecify.annotations.Nullable;

/** Where a test may make capture fail. */
@FunctionalInterface
interface FailPoint {

  /** The places, in the order in which a row passes them. */
  enum Place {
    /** An event was appended to the open Kafka transaction. */
    APPENDED,
    /** Everything is appended, nothing committed. */
    BEFORE_COMMIT,
    /** Kafka has committed, hot has not been told. */
    AFTER_COMMIT
  }

  /** Never fails. */
  FailPoint NONE = (place, event) -> {};

  /**
   * @param event the event that was appended; null at the other places and in a snapshot
   */
  void reached(Place place, @Nullable SourceEvent event);
}
