package io.valmed.archive.purge.page;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import java.sql.SQLException;

/** Compares a page with the mirror as a whole. */
public interface WholeProof {
  /** The answer of {@link #intend} when not every row equals its mirror. */
  long NOT_EQUAL = 0;

  /** Is told that a page is proven. */
  @FunctionalInterface
  interface Equal {
    void reached() throws SQLException;
  }

  /**
   * Writes the page to the journal if every one of its rows equals its mirror, digest by digest;
   * the intent is durable when this returns its page.
   *
   * @param root the root table
   * @param equal is told when every row has been found equal, before the intent is durable
   * @return the journal page's id, or {@link #NOT_EQUAL}; nothing is in the journal then
   * @throws TableHeldException when the mirror cannot be asked
   */
  long intend(TableId root, WholePage page, Equal equal) throws SQLException, TableHeldException;
}
