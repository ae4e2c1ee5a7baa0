package io.valmed.archive.runtime;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells failures to people without telling them a patient's data. */
public final class Failures {
  private Failures() {}

  /**
   * One sentence on the failure. A PostgreSQL error gives its primary message and SQLSTATE; its
   * detail, hint and context, which quote rows, are left out. For SQLSTATE classes 22 and 23 the
   * primary message may quote a value too, so only table, column and constraint are told.
   */
  public static String sentence(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StopException) {
        return String.valueOf(cause.getMessage());
      }
      if (cause instanceof SQLException sql) {
        return sql(sql);
      }
      if (cause.getCause() == cause) {
        break;
      }
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static String sql(SQLException failure) {
    String state = failure.getSQLState();
    ServerErrorMessage server =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    if (server == null) {
      return failure.getMessage() + (state == null ? "" : " (SQLSTATE " + state + ")");
    }
    if (FailureKind.ofSqlState(state) == FailureKind.QUARANTINE) {
      return "a value was refused by table %s column %s constraint %s (SQLSTATE %s)"
          .formatted(server.getTable(), server.getColumn(), server.getConstraint(), state);
    }
    return server.getMessage() + " (SQLSTATE " + state + ")";
  }
}
