package io.valmed.archive.sink;

/** Where a test may make the sink fail. In production nothing happens there. */
@FunctionalInterface
public interface FailPoint {

  /** The boundaries a batch crosses, in order. */
  enum Boundary {
    POLLED,
    POSITIONS_TAKEN,
    DEPARTED,
    MERGED,
    COMMITTING,
    COMMITTED
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
