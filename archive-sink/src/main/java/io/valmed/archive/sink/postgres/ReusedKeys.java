package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.Fold;
import io.valmed.archive.sink.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves mirror rows to the cold store whose keys are created anew: they have left hot without a
 * word, as TRUNCATE makes them leave, and are the only copies.
 *
 * <p>Only a row whose last change stands before the creation has left. One that stands there or
 * later is the row that was created, delivered again after positions were set back.
 */
final class ReusedKeys {
  private static final Logger log = LoggerFactory.getLogger(ReusedKeys.class);

  private final Connection connection;
  private final RowCopy copy;
  private final ColdPartitions partitions;
  private final ArchiveAge ages;

  ReusedKeys(Connection connection, RowCopy copy, ColdPartitions partitions, ArchiveAge ages) {
    this.connection = connection;
    this.copy = copy;
    this.partitions = partitions;
    this.ages = ages;
  }

  /** Moves what stands under the keys of these records, which create rows of one table. */
  void moveAside(List<Received> creations, Stages stages) throws SQLException {
    for (List<Received> version : Fold.byVersion(creations)) {
      Stage keys = stages.of(version.get(0).schema()).keys();
      keys.fillKeys(connection, copy, version);
      move(version.get(0).schema(), keys);
    }
  }

  private void move(TableSchema version, Stage keys) throws SQLException {
    TableId table = version.table();
    String condition =
        KeyMatch.sql(version, "m", "s")
            + " AND (m.arc_epoch, m.arc_lsn) < (s.arc_epoch, s.arc_lsn)";
    String standing = "%s m, %s s WHERE %s".formatted(table.sql(), keys.sql(), condition);
    try (Statement statement = connection.createStatement()) {
      if (!any(statement, standing)) {
        return;
      }
      TableSchema whole = WholeTable.read(connection, table);
      String age = ages.expression(whole, "m");
      if (ages.dated(table)) {
        List<@Nullable YearMonth> months =
            ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s", age, standing);
        partitions.ensure(table, months);
      }
      int moved = statement.executeUpdate(sql(whole, keys, condition, age));
      if (moved > 0) {
        log.warn("left unseen and used again table={} rows={}", table, moved);
      }
    }
  }

  private static boolean any(Statement statement, String standing) throws SQLException {
    try (var row = statement.executeQuery("SELECT EXISTS (SELECT FROM %s)".formatted(standing))) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static String sql(TableSchema whole, Stage keys, String condition, String age) {
    String columns = Sql.identifiers(whole.columnNames());
    return """
        WITH m AS (
          DELETE FROM %1$s m USING %2$s s WHERE %3$s
          RETURNING m.*, s.arc_epoch AS noticed_epoch, s.arc_lsn AS noticed_lsn)
        INSERT INTO %4$s (%5$s, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        SELECT %5$s, arc_version, noticed_epoch, noticed_lsn, 'unseen', %6$s FROM m
        ON CONFLICT DO NOTHING
        """
        .formatted(
            whole.table().sql(), keys.sql(), condition, whole.table().cold().sql(), columns, age);
  }
}
