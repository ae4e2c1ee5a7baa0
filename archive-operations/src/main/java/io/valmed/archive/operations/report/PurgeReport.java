package io.valmed.archive.operations.report;

import io.valmed.archive.databases.cold.ColdRoots;
import io.valmed.archive.databases.cold.Orphans;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.TableFault;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a root table's rows may leave hot, and what never will as things stand: a count that
 * reads the whole table, without locks.
 *
 * @param table the root table
 * @param rows all its rows
 * @param undated rows whose age is NULL or infinite: never cold
 * @param unsettled rows that are old enough but not settled
 * @param young rows that are old enough and settled, of which a child is not old: see {@link
 *     io.valmed.archive.model.policy.AgeOf#NEWEST}
 * @param eligible rows that are settled and cold
 * @param orphans of its child tables, those with rows that refer to no parent, and how many: they
 *     are never purged
 * @param problem why it could not be counted; null: it could
 */
public record PurgeReport(
    TableId table,
    long rows,
    long undated,
    long unsettled,
    long young,
    long eligible,
    Map<TableId, Long> orphans,
    @Nullable String problem) {

  public PurgeReport {
    orphans = Collections.unmodifiableMap(new LinkedHashMap<>(orphans));
  }

  /** A table that could not be counted. */
  private PurgeReport(TableId table, String problem) {
    this(table, 0, 0, 0, 0, 0, Map.of(), problem);
  }

  /** The report on every root table of the policy. */
  public static List<PurgeReport> read(Settings settings) throws SQLException {
    List<PurgeReport> reports = new ArrayList<>();
    try (Connection hot = open(settings)) {
      for (RootTable root : settings.policy().roots()) {
        reports.add(of(hot, root, settings));
        hot.rollback();
      }
    }
    return reports;
  }

  private static PurgeReport of(Connection hot, RootTable root, Settings settings)
      throws SQLException {
    try {
      ColdRoots cold = ColdRoots.of(hot, root, settings.policy().ageZone());
      String sql =
          """
          SELECT count(*), count(*) FILTER (WHERE isfinite(%1$s) IS NOT TRUE),
            count(*) FILTER (WHERE %2$s AND %3$s IS NOT TRUE), count(*) FILTER (WHERE %2$s AND %3$s AND NOT (%4$s)),
            count(*) FILTER (WHERE %2$s AND %3$s AND %4$s)
          FROM ONLY %5$s
          """
              .formatted(
                  cold.age(), cold.old(), cold.settled(), cold.oldChildren(), root.table().sql());
      long[] counts = new long[5];
      cold.query(
          hot,
          sql,
          row -> {
            for (int i = 0; i < counts.length; i++) {
              counts[i] = row.getLong(i + 1);
            }
          });
      return new PurgeReport(
          root.table(),
          counts[0],
          counts[1],
          counts[2],
          counts[3],
          counts[4],
          Orphans.of(hot, root),
          null);
    } catch (TableHeldException e) {
      return new PurgeReport(root.table(), String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      hot.rollback();
      String fault = "table " + root.table() + " " + TableFault.inHot(e, hot);
      return new PurgeReport(root.table(), fault);
    }
  }

  private static Connection open(Settings settings) throws SQLException {
    Connection hot =
        DigestSession.open(settings.hot().purger(), "archive purge report", Duration.ZERO);
    hot.setAutoCommit(false);
    return hot;
  }
}
