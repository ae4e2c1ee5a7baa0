package io.valmed.archive.databases.seen;

import io.valmed.archive.databases.cold.ColdRoots;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.policy.RootTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * What of a root table may leave hot: a count over all rows that are old enough, without locks.
 *
 * @param rows settled and cold rows
 * @param oldest the least age among them; null: there are none
 */
public record EligibleRows(long rows, @Nullable Instant oldest) {

  /**
   * Counts, in a session in auto-commit mode.
   *
   * @return null: the table is not fit for the purge now
   * @throws SQLException also when it takes longer than the session allows
   */
  public static @Nullable EligibleRows count(Connection hot, RootTable root, ZoneId zone)
      throws SQLException {
    hot.setAutoCommit(false);
    try {
      ColdRoots cold = ColdRoots.of(hot, root, zone);
      String sql =
          "SELECT count(*), %s FROM ONLY %s WHERE %s"
              .formatted(
                  cold.epochSeconds("min(" + cold.age() + ")"),
                  root.table().sql(),
                  cold.condition());
      EligibleRows[] counted = new EligibleRows[1];
      cold.query(
          hot,
          sql,
          row -> {
            double oldest = row.getDouble(2);
            boolean none = row.wasNull();
            counted[0] =
                new EligibleRows(
                    row.getLong(1), none ? null : Instant.ofEpochMilli((long) (oldest * 1000)));
          });
      return counted[0];
    } catch (TableHeldException e) {
      return null;
    } finally {
      hot.rollback();
      hot.setAutoCommit(true);
    }
  }
}
