package io.valmed.archive.purge.page;

import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The switch by which anyone may hold purging. */
public interface HoldSwitch {

  /**
   * Why purging is held at this moment, asked of both databases; null: it is not.
   *
   * @param tables the tables that are to be deleted from
   */
  @Nullable String held(Collection<TableId> tables) throws SQLException;

  /**
   * The same, from within a page's transaction; and if purging is not held, nobody can hold it
   * until {@link #unbar}: whoever tries waits in the database where he tries.
   */
  @Nullable String bar(Collection<TableId> tables) throws SQLException;

  /**
   * Makes sure, right before the commit, that the bar still stands.
   *
   * @throws SQLException when it does not; nothing may be committed then
   */
  void confirm() throws SQLException;

  /** Lets holds in again; harmless when there is no bar. */
  void unbar() throws SQLException;
}
