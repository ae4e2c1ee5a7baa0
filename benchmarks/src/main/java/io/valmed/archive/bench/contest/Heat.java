package io.valmed.archive.bench.contest;

import java.sql.SQLException;

/** One round of a contest; each contestant runs once, in any order. */
public interface Heat extends AutoCloseable {
  /**
   * Lets the contestant run.
   *
   * @throws IllegalStateException when what it did is not all of the work
   */
  Lap run(String contestant) throws Exception;

  @Override
  void close() throws SQLException;
}
