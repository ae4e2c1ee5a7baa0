package io.valmed.archive.sink;

/** Where a test may make the sink fail. In production nothing happens there. */
@FunctionalInterface
public interface FailPoint {

  /** What the sink crosses: the steps of a batch in order, then those beside batches. */
  enum Boundary {
    /** Records have been taken from Kafka; nothing is acknowledged there, ever. */
    POLLED,
    /** The transaction holds its positions. */
    POSITIONS_TAKEN,
    /** A table's departures are in the cold store, and out of the mirror. */
    DEPARTED,
    /** A table's images are in the mirror. */
    MERGED,
    /** All is done but the commit. */
    COMMITTING,
    /** The archive has said that it is committed. */
    COMMITTED,
    /** A version's tables and columns are made, but not committed. */
    VERSION_MADE,
    /** A version is noted and committed. */
    VERSION_NOTED,
    /** A stretch of rows that left unseen has been moved and committed. */
    UNSEEN_MOVED,
    /** An epoch is noted as reconciled. */
    RECONCILED;

    /** Whether every batch crosses it. */
    public boolean ofBatch() {
      return compareTo(COMMITTED) <= 0;
    }
  }

  /** Never fails. */
  FailPoint NONE = boundary -> {};

  /**
   * The work has come to the boundary.
   *
   * @throws Exception the failure to play
   */
  void reached(Boundary boundary) throws Exception;
}
