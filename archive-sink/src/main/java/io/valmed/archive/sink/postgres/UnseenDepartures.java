package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.Epoch;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.FailPoint.Boundary;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves rows that left hot while no slot watched from the mirrors to the cold stores: those of an
 * older epoch that are still there when the new epoch's snapshot has been applied by all sinks.
 *
 * <p>Their departure has the new epoch, LSN 0/0 and no transaction and time: nobody saw it. It goes
 * through each mirror once, a stretch of blocks per transaction.
 */
final class UnseenDepartures {
  private static final Logger log = LoggerFactory.getLogger(UnseenDepartures.class);
  private static final int BLOCKS = 4096;
  private static final String LOCK =
      "pg_try_advisory_lock(hashtextextended('arc.reconcile ' || ?, 0))";
  private static final String UNLOCK =
      "pg_advisory_unlock(hashtextextended('arc.reconcile ' || ?, 0))";
  private static final String BLOCKS_OF =
      "SELECT coalesce(pg_relation_size(to_regclass(?)), 0) / current_setting('block_size')::bigint";
  private static final String DONE =
      "UPDATE arc.epoch SET reconciled_at = clock_timestamp() WHERE epoch = ? AND prefix = ? AND reconciled_at IS NULL";

  private final Connection connection;
  private final Owner owner;
  private final PositionTable positions;
  private final ColdPartitions partitions;
  private final ArchiveAge ages;
  private final FailPoint failPoint;

  UnseenDepartures(
      Connection connection,
      Owner owner,
      PositionTable positions,
      ColdPartitions partitions,
      ArchiveAge ages,
      FailPoint failPoint) {
    this.connection = connection;
    this.owner = owner;
    this.positions = positions;
    this.partitions = partitions;
    this.ages = ages;
    this.failPoint = failPoint;
  }

  /** See {@link io.valmed.archive.sink.Archive#reconcile}. */
  boolean reconcile(Epoch epoch, Collection<TableId> archived) throws Exception {
    // A position from before the log lost its end covers nothing that was written since.
    if (positions.beyondBeginning(epoch)
        || !positions.readAll().covers(epoch.snapshotEnd())
        || !ask(LOCK)) {
      return false;
    }
    try {
      for (TableId table : archived) {
        if (epoch.number() > 1 && blocks(table) > 0) {
          long moved = move(table, epoch.number());
          log.info("reconciled table={} epoch={} unseen={}", table, epoch.number(), moved);
        }
      }
      try (PreparedStatement statement = connection.prepareStatement(DONE)) {
        statement.setInt(1, epoch.number());
        statement.setString(2, owner.prefix());
        statement.executeUpdate();
      }
      failPoint.reached(Boundary.RECONCILED);
      return true;
    } finally {
      ask(UNLOCK);
    }
  }

  private long move(TableId table, int epoch) throws Exception {
    TableSchema schema = WholeTable.read(connection, table);
    String ageOfRow = ages.expression(schema, "m");
    long blocks = blocks(table);
    long moved = 0;
    for (long from = 0; from < blocks; from += BLOCKS) {
      String stretch =
          "%s m WHERE m.ctid >= '(%d,0)' AND m.ctid < '(%d,0)' AND m.arc_epoch < %d%s"
              .formatted(table.sql(), from, from + BLOCKS, epoch, owner.own(table));
      try (Statement statement = connection.createStatement()) {
        if (ages.dated(table)) {
          partitions.ensure(
              table,
              ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s", ageOfRow, stretch));
        }
        moved += statement.executeUpdate(moveStretch(schema, stretch, epoch, ageOfRow));
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

  private boolean ask(String function) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT " + function)) {
      statement.setString(1, owner.prefix());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
