package io.valmed.archive.runtime;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells failures to people without telling them a patient's data. */
public final class Failures {
  private static final int LONGEST_CHAIN = 20;

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

  /**
   * The failure's causes and where each was thrown, for a log. Messages are told as {@link
   * #sentence} tells them; beside an error that may quote a value, no other message is.
   */
  public static String trace(Throwable failure) {
    boolean quoting = quoting(failure);
    StringBuilder out = new StringBuilder();
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
      out.append(depth == 0 ? "" : "caused by ").append(cause.getClass().getName());
      if (cause instanceof SQLException sql) {
        out.append(": ").append(sql(sql));
      } else if (cause instanceof StopException || !quoting) {
        out.append(": ").append(cause.getMessage());
      }
      out.append('\n');
      for (StackTraceElement frame : cause.getStackTrace()) {
        out.append("\tat ").append(frame).append('\n');
      }
      cause = cause.getCause();
    }
    return out.toString();
  }

  private static boolean quoting(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
      if (cause instanceof SQLException sql
          && (cause instanceof BatchUpdateException
              || FailureKind.ofSqlState(sql.getSQLState()) == FailureKind.QUARANTINE)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String sql(SQLException failure) {
    if (failure instanceof BatchUpdateException) {
      // Its own message has the statement with its values.
      SQLException refused = failure.getNextException();
      return refused == null || refused instanceof BatchUpdateException
          ? "a batch of statements failed (SQLSTATE " + failure.getSQLState() + ")"
          : sql(refused);
    }
    String state = failure.getSQLState();
    ServerErrorMessage server =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    if (FailureKind.ofSqlState(state) == FailureKind.QUARANTINE) {
      return server == null
          ? "a value was refused (SQLSTATE " + state + ")"
          : "a value was refused by table %s column %s constraint %s (SQLSTATE %s)"
              .formatted(server.getTable(), server.getColumn(), server.getConstraint(), state);
    }
    return server == null
        ? failure.getMessage() + (state == null ? "" : " (SQLSTATE " + state + ")")
        : server.getMessage() + " (SQLSTATE " + state + ")";
  }
}
