package io.valmed.archive.sink.postgres.epoch;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.FailPoint.Boundary;
import io.valmed.archive.sink.postgres.Owner;
import io.valmed.archive.sink.postgres.merge.ArchiveAge;
import io.valmed.archive.sink.postgres.merge.ColdPartitions;
import io.valmed.archive.sink.postgres.merge.WholeTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Moves rows that left hot while no slot watched from the mirrors to the cold stores: those of an
 * older epoch, or from before its snapshot, that are still there when the new epoch's snapshot has
 * been applied by all sinks.
 *
 * <p>Their departure has the new epoch, LSN 0/0 and no transaction and time: nobody saw it. It goes
 * through each mirror once, a stretch of blocks per transaction.
 */
public final class UnseenDepartures {
  private static final int BLOCKS = 4096;
  private static final String COUNT =
      """
      SELECT count(*) FILTER (WHERE NOT (%1$s)), count(*) FILTER (WHERE %1$s)
      FROM %2$s m WHERE m.arc_epoch <= %3$d AND m.ctid >= '(%4$d,0)' AND m.ctid < '(%5$d,0)'
      """;
  private static final String BLOCKS_OF =
      "SELECT coalesce(pg_relation_size(to_regclass(?)), 0) / current_setting('block_size')::bigint";

  private final Connection connection;
  private final Owner owner;
  private final ColdPartitions partitions;
  private final ArchiveAge ages;
  private final FailPoint failPoint;

  public UnseenDepartures(
      Connection connection,
      Owner owner,
      ColdPartitions partitions,
      ArchiveAge ages,
      FailPoint failPoint) {
    this.connection = connection;
    this.owner = owner;
    this.partitions = partitions;
    this.ages = ages;
    this.failPoint = failPoint;
  }

  /** Of a row that the epoch's snapshot did not show: nothing of it is newer than that. */
  private static String older(Epoch epoch) {
    return "(m.arc_epoch < %1$d OR (m.arc_epoch = %1$d AND m.arc_lsn < '%2$s'))"
        .formatted(epoch.number(), Lsn.text(epoch.snapshotLsn()));
  }

  /** Counts the mirror's rows of that epoch and of older ones. */
  public SnapshotCount count(TableId table, Epoch epoch) throws SQLException {
    long blocks = blocks(table);
    long applied = 0;
    long older = 0;
    for (long from = 0; from < blocks; from += BLOCKS) {
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  COUNT.formatted(
                      older(epoch), table.sql(), epoch.number(), from, from + BLOCKS))) {
        row.next();
        applied += row.getLong(1);
        older += row.getLong(2);
      }
    }
    return new SnapshotCount(applied, older);
  }

  /** Moves the mirror's rows of older epochs than that; returns how many. */
  public long move(TableId table, Epoch epoch) throws Exception {
    long blocks = blocks(table);
    if (blocks == 0) {
      return 0;
    }
    TableSchema schema = WholeTable.read(connection, table);
    String ageOfRow = ages.expression(schema, "m");
    long moved = 0;
    for (long from = 0; from < blocks; from += BLOCKS) {
      String stretch =
          "%s m WHERE m.ctid >= '(%d,0)' AND m.ctid < '(%d,0)' AND %s%s"
              .formatted(table.sql(), from, from + BLOCKS, older(epoch), owner.own(table));
      try (Statement statement = connection.createStatement()) {
        if (ages.dated(table)) {
          partitions.ensure(
              table,
              ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s", ageOfRow, stretch));
        }
        moved += statement.executeUpdate(moveStretch(schema, stretch, epoch.number(), ageOfRow));
        failPoint.reached(Boundary.UNSEEN_MOVED);
      }
    }
    return moved;
  }

  private static String moveStretch(TableSchema schema, String stretch, int epoch, String age) {
    String columns = Sql.identifiers(schema.columnNames());
    return """
        WITH m AS (DELETE FROM %s RETURNING m.*)
        INSERT INTO %s (%s, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)
        SELECT %s, arc_version, %d, '0/0', 'unseen', %s FROM m
        ON CONFLICT DO NOTHING
        """
        .formatted(stretch, schema.table().cold().sql(), columns, columns, epoch, age);
  }

  /** 0: there is no mirror, or nothing in it. */
  private long blocks(TableId table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BLOCKS_OF)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
