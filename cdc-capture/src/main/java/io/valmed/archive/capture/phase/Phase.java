package io.valmed.archive.capture.phase;

/** What capture is at: reading the rest of a slot, copying, or streaming. Used by one thread. */
public interface Phase extends AutoCloseable {

  /**
   * Does a little.
   *
   * @return what to go on with: this phase, or the one that follows it, this one being closed
   * @throws Exception what {@code FailureKind} classifies; the phase is to be closed then
   */
  Phase step() throws Exception;

  @Override
  void close();
}
