package io.valmed.archive.sink.postgres.quarantine;

import io.valmed.archive.runtime.Failures;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.postgres.BatchTransaction;
import io.valmed.archive.sink.postgres.PositionTable;
import io.valmed.archive.sink.postgres.merge.Departures;
import io.valmed.archive.sink.postgres.merge.Stages;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Applies one quarantined record, by the rules of a batch and in one transaction, with the position
 * of its partition locked so that no sink applies anything of the row meanwhile.
 */
public final class RetryTransaction {
  private final Connection connection;
  private final PositionTable positions;
  private final Departures departures;
  private final Stages stages;
  private final RetriedRecord retried;
  private final QuarantineTable quarantine;

  public RetryTransaction(
      Connection connection,
      PositionTable positions,
      Departures departures,
      Stages stages,
      RetriedRecord retried) {
    this.connection = connection;
    this.positions = positions;
    this.departures = departures;
    this.stages = stages;
    this.retried = retried;
    this.quarantine = new QuarantineTable(connection);
  }

  /** Applies the batch's only record, which has that number in the quarantine. */
  public RetryOutcome apply(long id, Batch batch) throws SQLException {
    Received record = batch.tables().values().iterator().next().get(0);
    try {
      departures.prepare(batch);
      stages.begin(batch);
      positions.advance(batch.advances());
      stages.check(batch);
      RetryOutcome outcome = retried.apply(record, stages.of(record.schema()));
      if (outcome.settled() && !quarantine.settle(id, outcome.sentence())) {
        outcome = RetryOutcome.stays("somebody else has settled it meanwhile");
      }
      if (outcome.settled()) {
        connection.commit();
      } else {
        connection.rollback();
      }
      return outcome;
    } catch (TableFaultException e) {
      connection.rollback();
      return RetryOutcome.stays("it was refused again: " + e.getMessage());
    } catch (SQLException e) {
      connection.rollback();
      if (BatchTransaction.causedByRows(e)) {
        return RetryOutcome.stays("it was refused again: " + Failures.sentence(e));
      }
      throw e;
    }
  }
}
