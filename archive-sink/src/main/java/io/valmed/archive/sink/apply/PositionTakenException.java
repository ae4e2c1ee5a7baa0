package io.valmed.archive.sink.apply;

import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.SQLTransactionRollbackException;

/**
 * Another sink has moved a position that this one was about to move: this one's view is old. It
 * rolls back, lets its partitions go and begins anew from the stored positions.
 */
public final class PositionTakenException extends SQLTransactionRollbackException {
  private static final long serialVersionUID = 1L;

  public PositionTakenException(String message) {
    super(message, SqlState.SERIALIZATION_FAILURE);
  }
}
