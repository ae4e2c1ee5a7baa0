package io.valmed.archive.capture.stream;

import io.valmed.archive.model.TableId;
import java.sql.SQLException;

/** Holds purging until its cause is cured, or a person lets it go on. */
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

  /**
   * Holds the purge of a table that is parked, and says in hot that it is: whoever releases the
   * hold does not make the table whole. Durable when it returns.
   *
   * @param table as the policy calls it
   * @param epoch the epoch in which it is parked; the next one copies it anew
   * @param reason one sentence
   * @throws SQLException when hot cannot be told
   */
  void park(TableId table, int epoch, String reason) throws SQLException;

  /**
   * Holds all purging since capture stops for good: what still streams while it ends does not end
   * this hold, nor any other from here on.
   *
   * @param reason one sentence
   * @throws SQLException when hot cannot be told
   */
  void holdForGood(String reason) throws SQLException;

  /**
   * Ends the holds that capture has set for everything: it streams again.
   *
   * @throws SQLException when hot cannot be told; they stay
   */
  void endForEverything() throws SQLException;

  /**
   * Ends the holds that capture has set for tables: a new epoch has copied all of them.
   *
   * @throws SQLException when hot cannot be told; they stay
   */
  void endForTables() throws SQLException;
}
