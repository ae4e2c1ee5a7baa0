package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.Operation;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.sink.Batch;
import io.valmed.archive.sink.Fold;
import io.valmed.archive.sink.Received;
import io.valmed.archive.sink.RetryOutcome;
import io.valmed.archive.sink.RetryOutcome.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Applies one quarantined record, by the rules of a batch and in one transaction, with the position
 * of its partition locked so that no sink applies anything of the row meanwhile.
 *
 * <p>What stands in the archive decides: a departure is always kept in the cold store; an image is
 * applied only if nothing newer of its row is there.
 */
final class RetryTransaction {
  private static final String STANDING =
      """
      SELECT coalesce(bool_or(m.newer), false), coalesce(bool_or(m.newer AND m.was_read), false)
      FROM (SELECT (m.arc_epoch, m.arc_lsn) >= (s.arc_epoch, s.arc_lsn) AS newer,
              m.arc_txid IS NULL AND m.arc_epoch = s.arc_epoch AND m.arc_lsn <> s.arc_lsn AS was_read
            FROM %s m, %s s WHERE %s) m
      """;
  private static final String LEFT_LATER =
      """
      SELECT EXISTS (SELECT FROM %s c, %s s WHERE %s AND (c.arc_epoch, c.arc_lsn) > (s.arc_epoch, s.arc_lsn))
      """;

  private record Row(boolean newer, boolean readSince) {}

  private final Connection connection;
  private final RowCopy copy;
  private final PositionTable positions;
  private final Departures departures;
  private final MirrorMerge mirror;
  private final Stages stages;
  private final QuarantineTable quarantine;

  RetryTransaction(
      Connection connection,
      RowCopy copy,
      PositionTable positions,
      Departures departures,
      MirrorMerge mirror,
      Stages stages) {
    this.connection = connection;
    this.copy = copy;
    this.positions = positions;
    this.departures = departures;
    this.mirror = mirror;
    this.stages = stages;
    this.quarantine = new QuarantineTable(connection);
  }

  /** Applies the batch's only record, which has that number in the quarantine. */
  RetryOutcome apply(long id, Batch batch) throws SQLException {
    Received record = batch.tables().values().iterator().next().get(0);
    try {
      departures.prepare(batch);
      stages.begin(batch);
      positions.advance(batch.advances());
      stages.check(batch);
      RetryOutcome outcome = attempt(record);
      if (outcome.settled() && !quarantine.settle(id, outcome.sentence())) {
        outcome = RetryOutcome.stays("somebody else has settled it meanwhile");
      }
      if (outcome.settled()) {
        connection.commit();
      } else {
        connection.rollback();
      }
      return outcome;
    } catch (SQLException e) {
      connection.rollback();
      if (BatchTransaction.causedByRows(e)) {
        return RetryOutcome.stays("it was refused again: " + Failures.sentence(e));
      }
      throw e;
    }
  }

  private RetryOutcome attempt(Received record) throws SQLException {
    TableSchema schema = record.schema();
    Stages.Three of = stages.of(schema);
    of.keys().fillKeys(connection, copy, List.of(record));
    Row standing = standing(schema, of.keys());
    String now = BatchTransaction.now(connection);
    if (record.change().departure()) {
      departures.archive(List.of(record), of.departures(), now, !standing.newer());
      return new RetryOutcome(Kind.APPLIED, "applied: the departure is in the cold store");
    }
    if (standing.readSince() && record.change().operation() != Operation.READ) {
      return RetryOutcome.stays(
          "the row was read by a snapshot that may be older or newer than this change; see with './archive verify' whether it is equal");
    }
    if (standing.newer() || leftLater(schema, of.keys())) {
      return new RetryOutcome(
          Kind.SUPERSEDED, "superseded: a newer change of the row had been applied");
    }
    mirror.merge(Fold.of(List.of(record)), stages, now);
    return new RetryOutcome(Kind.APPLIED, "applied: the row is in the mirror");
  }

  private Row standing(TableSchema schema, Stage keys) throws SQLException {
    String sql =
        STANDING.formatted(schema.table().sql(), keys.sql(), KeyMatch.sql(schema, "m", "s"));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Row(row.getBoolean(1), row.getBoolean(2));
    }
  }

  private boolean leftLater(TableSchema schema, Stage keys) throws SQLException {
    String sql =
        LEFT_LATER.formatted(
            schema.table().cold().sql(), keys.sql(), KeyMatch.sql(schema, "c", "s"));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
