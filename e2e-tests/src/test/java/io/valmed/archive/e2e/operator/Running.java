package io.valmed.archive.e2e.operator;

/** A service of the product that was started. */
interface Running extends AutoCloseable {
  boolean running();

  /** What it has told so far. */
  String output();

  /** Tells it to end, as SIGTERM does; returns when it has. */
  void stop();

  /** Ends it if it still runs. */
  @Override
  void close();
}
