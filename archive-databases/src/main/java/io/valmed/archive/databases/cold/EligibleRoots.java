package io.valmed.archive.databases.cold;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts what of hot may leave, without locks. */
public final class EligibleRoots {
  private EligibleRoots() {}

  /**
   * How many roots of each table are settled and cold now, whether or not they can be purged.
   *
   * @throws TableHeldException when a predicate fails
   */
  public static Map<TableId, Long> count(Settings settings)
      throws SQLException, TableHeldException {
    Map<TableId, Long> counts = new LinkedHashMap<>();
    try (Connection hot = open(settings)) {
      for (RootTable root : settings.policy().roots()) {
        ColdRoots cold = ColdRoots.of(hot, root, settings.policy().ageZone());
        cold.query(
            hot,
            "SELECT count(*) FROM ONLY " + root.table().sql() + " WHERE " + cold.condition(),
            row -> counts.put(root.table(), row.getLong(1)));
        hot.rollback();
      }
    }
    return counts;
  }

  private static Connection open(Settings settings) throws SQLException {
    Connection hot =
        DigestSession.open(settings.hot().purger(), "archive purge report", Duration.ZERO);
    hot.setAutoCommit(false);
    return hot;
  }
}
