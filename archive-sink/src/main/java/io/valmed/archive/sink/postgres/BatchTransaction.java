package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.change.Operation;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.FailPoint.Boundary;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.PositionTakenException;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.postgres.merge.Departures;
import io.valmed.archive.sink.postgres.merge.ReusedKeys;
import io.valmed.archive.sink.postgres.merge.Stages;
import io.valmed.archive.sink.postgres.merge.TableMerge;
import io.valmed.archive.sink.postgres.quarantine.QuarantineTable;
import io.valmed.archive.sink.read.Poisoned;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One batch, one transaction: positions first, so that a sink whose view is old finds out before it
 * does anything else; then per table departures and images; then the quarantine.
 *
 * <p>When a value is refused, the batch is rolled back and applied again table by table in halves,
 * until the refused records stand alone.
 */
public final class BatchTransaction {
  private static final Set<String> OF_ROWS =
      Set.of(SqlState.CARDINALITY_VIOLATION, SqlState.PROGRAM_LIMIT_EXCEEDED);

  private final Connection connection;
  private final PositionTable positions;
  private final Stages stages;
  private final Departures departures;
  private final ReusedKeys reusedKeys;
  private final TableMerge tables;
  private final QuarantineTable quarantine;
  private final FailPoint failPoint;

  public BatchTransaction(
      Connection connection,
      PositionTable positions,
      Departures departures,
      ReusedKeys reusedKeys,
      TableMerge tables,
      Stages stages,
      FailPoint failPoint) {
    this.connection = connection;
    this.positions = positions;
    this.stages = stages;
    this.departures = departures;
    this.reusedKeys = reusedKeys;
    this.tables = tables;
    this.quarantine = new QuarantineTable(connection);
    this.failPoint = failPoint;
  }

  /** Applies the batch; see {@link io.valmed.archive.sink.apply.Archive#apply}. */
  public List<Poisoned> apply(Batch batch) throws Exception {
    try {
      return attempt(batch, false);
    } catch (SQLException e) {
      if (!causedByRows(e)) {
        throw e;
      }
    }
    departures.distrust();
    return attempt(batch, true);
  }

  private List<Poisoned> attempt(Batch batch, boolean inHalves) throws Exception {
    try {
      departures.prepare(batch);
      stages.begin(batch);
      positions.advance(batch.advances());
      failPoint.reached(Boundary.POSITIONS_TAKEN);
      stages.check(batch);
      List<Poisoned> poisoned = new ArrayList<>(batch.poisoned());
      String now = now(connection);
      for (List<Received> records : batch.tables().values()) {
        apply(records, now, inHalves, poisoned);
      }
      quarantine.add(poisoned);
      failPoint.reached(Boundary.COMMITTING);
      connection.commit();
      failPoint.reached(Boundary.COMMITTED);
      return poisoned;
    } catch (Exception e) {
      rollback(e);
      throw e;
    }
  }

  private void apply(List<Received> records, String now, boolean inHalves, List<Poisoned> poisoned)
      throws Exception {
    try {
      if (inHalves) {
        applyInHalves(records, now, poisoned);
      } else {
        tables.apply(records, now);
      }
    } catch (SQLException e) {
      throw causedByRows(e) ? e : TableFaultException.orItself(records.get(0).schema().table(), e);
    }
  }

  private void applyInHalves(List<Received> records, String now, List<Poisoned> poisoned)
      throws Exception {
    Savepoint before = connection.setSavepoint();
    try {
      tables.apply(records, now);
      connection.releaseSavepoint(before);
      return;
    } catch (SQLException e) {
      if (!causedByRows(e)) {
        throw e;
      }
      undo(before);
      if (records.size() == 1) {
        Received one = records.get(0);
        poisoned.add(Poisoned.refused(one, e.getSQLState(), Failures.sentence(e)));
        moveAsideWhatItReplaces(one);
        return;
      }
    }
    int half = records.size() / 2;
    applyInHalves(records.subList(0, half), now, poisoned);
    applyInHalves(records.subList(half, records.size()), now, poisoned);
  }

  /** A creation that is refused still tells that its key's former row has left hot. */
  private void moveAsideWhatItReplaces(Received refused) throws SQLException {
    if (refused.change().operation() != Operation.CREATE) {
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      reusedKeys.moveAside(List.of(refused), stages.of(refused.schema()).keys());
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (!causedByRows(e)) {
        throw e;
      }
      // The key itself is what was refused, so nothing can stand under it.
      undo(before);
    }
  }

  private void undo(Savepoint before) throws SQLException {
    connection.rollback(before);
    stages.forget();
  }

  /** The transaction's time as text. */
  public static String now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT now()::text")) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * 21000: two keys that differ as text but are equal, which one statement cannot both merge.
   * 54000: a row that no page holds, or a key that no index page holds.
   */
  public static boolean causedByRows(SQLException e) {
    return !(e instanceof PositionTakenException)
        && (OF_ROWS.contains(String.valueOf(e.getSQLState()))
            || FailureKind.ofSqlState(e.getSQLState()) == FailureKind.QUARANTINE);
  }

  private void rollback(Exception failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }
}
