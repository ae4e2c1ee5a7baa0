package io.valmed.archive.runtime;

/**
 * A service's work with everything it holds open. Used by one thread; closed and opened anew after
 * a failure that passes by itself.
 */
public interface Work extends AutoCloseable {

  /** Opens a service's work: connects, reads where it stood, subscribes. */
  @FunctionalInterface
  interface Source {
    /**
     * @throws StopException when a person must act first
     * @throws Exception what {@link FailureKind} classifies; nothing is left open then
     */
    Work open() throws Exception;
  }

  /** What the loop does after a step. */
  enum Next {
    /** More is waiting: take the next step at once. */
    AGAIN,
    /** Nothing to do for now: wait the service's idle time, then step again. */
    IDLE,
    /** All work is done: end the loop. */
    DONE
  }

  /**
   * Takes one step; returns within a few seconds also when nothing happens.
   *
   * @throws Exception what {@link FailureKind} classifies; the work is closed then
   */
  Next step() throws Exception;

  /** Lets go of everything; what a step had not committed is rolled back. */
  @Override
  void close();
}
