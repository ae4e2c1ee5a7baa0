package io.valmed.archive.capture;

import java.sql.SQLException;

/** Holds purging until a person lets it go on. */
@FunctionalInterface
public interface PurgeHolds {

  /** The scope that holds all tables. */
  String EVERYTHING = "*";

  /**
   * Holds purging, unless the same reason holds it already. Durable when it returns.
   *
   * @param scope {@link #EVERYTHING} or a table as {@code TableId.toString()}
   * @param reason one sentence
   * @return whether it was not held for that reason before
   * @throws SQLException when hot cannot be told
   */
  boolean hold(String scope, String reason) throws SQLException;
}
