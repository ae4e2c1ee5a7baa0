package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves mirror rows, with all columns that the archive has of them, to the cold store, because of
 * records that are in a stage. Nobody saw them leave: they get no transaction and no time.
 */
public final class ColdMove {
  private final Connection connection;
  private final ColdPartitions partitions;
  private final ArchiveAge ages;

  public ColdMove(Connection connection, ColdPartitions partitions, ArchiveAge ages) {
    this.connection = connection;
    this.partitions = partitions;
    this.ages = ages;
  }

  /**
   * Moves them.
   *
   * @param stage holds the records; a mirror row meets one at most
   * @param condition which mirror row {@code m} moves for which record {@code s}
   * @param lsn the departure's LSN, from the record {@code s}; its epoch is the record's
   * @return how many moved
   */
  public int move(TableId table, Stage stage, String condition, String lsn, DepartureCause cause)
      throws SQLException {
    String standing = "%s m, %s s WHERE %s".formatted(table.sql(), stage.sql(), condition);
    try (Statement statement = connection.createStatement()) {
      if (!any(statement, standing)) {
        return 0;
      }
      TableSchema whole = WholeTable.read(connection, table);
      String age = ages.expression(whole, "m");
      if (ages.dated(table)) {
        List<@Nullable YearMonth> months =
            ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s", age, standing);
        partitions.ensure(table, months);
      }
      return statement.executeUpdate(sql(whole, stage, condition, lsn, cause, age));
    }
  }

  private static boolean any(Statement statement, String standing) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT EXISTS (SELECT FROM %s)".formatted(standing))) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static String sql(
      TableSchema whole,
      Stage stage,
      String condition,
      String lsn,
      DepartureCause cause,
      String age) {
    String columns = Sql.identifiers(whole.columnNames());
    return """
        WITH m AS (
          DELETE FROM %1$s m USING %2$s s WHERE %3$s
          RETURNING m.*, s.arc_epoch AS arc_noticed_epoch, %4$s AS arc_noticed_lsn)
        INSERT INTO %5$s (%6$s, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        SELECT %6$s, arc_version, arc_noticed_epoch, arc_noticed_lsn, '%7$s', %8$s FROM m
        ON CONFLICT DO NOTHING
        """
        .formatted(
            whole.table().sql(),
            stage.sql(),
            condition,
            lsn,
            whole.table().cold().sql(),
            columns,
            cause.word(),
            age);
  }
}
