package io.valmed.archive.e2e.servers;

/** A server that a test may do something to. Its address stays the same through all of it. */
public interface Server {

  /** Stands still, its connections open, until {@link #thaw}. */
  void freeze();

  void thaw();

  /** All its processes are gone at once, as in a power cut; it is down until {@link #start}. */
  void kill();

  /** Returns when it answers, its recovery included. */
  void start();
}
