package io.valmed.archive.sink.apply;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import java.sql.SQLException;

/**
 * The archive refused a batch for the sake of one table: its mirror or cold store is not there any
 * more, may not be written, or is damaged. Nothing of the batch has been applied, and the archive
 * can go on with others.
 */
public final class TableFaultException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient TableId table;

  private TableFaultException(TableId table, SQLException cause) {
    super(
        "The archive refuses changes of %s: %s. Nothing more of it is applied, the table waits and its purge is held, all others go on. Give its mirror and cold store back to the archive as they were, and drop nothing that holds records; the sink tries again by itself."
            .formatted(table, Failures.sentence(cause)),
        cause);
    this.table = table;
  }

  /**
   * The failure, to be thrown, when it passes by itself.
   *
   * @throws TableFaultException when it does not
   */
  public static SQLException orItself(TableId table, SQLException failure)
      throws TableFaultException {
    if (FailureKind.of(failure) == FailureKind.STOP) {
      throw new TableFaultException(table, failure);
    }
    return failure;
  }

  public TableId table() {
    return table;
  }
}
