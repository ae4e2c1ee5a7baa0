package io.valmed.archive.purge.page;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The archive's mirror as the purge sees it. */
public interface Mirror {

  /**
   * Digests of the mirror's rows with the same keys, over the same columns.
   *
   * @return per row its mirror's digest, or null where the mirror has no such row
   * @throws TableHeldException when the mirror lacks the table or one of the columns
   */
  List<byte @Nullable []> digests(PageRows rows) throws SQLException, TableHeldException;

  /**
   * Whether the mirror has the table with all its columns.
   *
   * @throws TableHeldException when it has not, with the reason
   */
  void check(TableShape shape) throws SQLException, TableHeldException;

  /**
   * Whether an epoch is the archive's newest and each of the tables is reconciled with it: only
   * then does the mirror tell what hot has, and only then do departures of that epoch end what the
   * mirror holds.
   *
   * @param root the root table whose page asks
   * @param tables the page's tables
   * @throws TableHeldException when it is not
   */
  void checkEpoch(TableId root, int epoch, List<TableId> tables)
      throws SQLException, TableHeldException;

  /**
   * The WAL position in hot up to which everything committed is in the archive, as far as it is
   * known now; 0: nothing is known.
   */
  long archivedUpTo() throws SQLException;
}
