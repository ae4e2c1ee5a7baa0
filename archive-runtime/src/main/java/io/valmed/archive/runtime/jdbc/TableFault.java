package io.valmed.archive.runtime.jdbc;

import io.valmed.archive.runtime.Failures;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells what is wrong with one table from what is wrong with a database. */
public final class TableFault {
  // Values, syntax and access, features, routines, limits, damaged data: whoever asks for another
  // table may find nothing of the kind.
  private static final Set<String> OF_A_TABLE =
      Set.of("0A", "0Z", "21", "22", "23", "2F", "38", "39", "42", "54", "55", "P0", "XX");

  private TableFault() {}

  /**
   * What the table's report says of the failure.
   *
   * @param connections those that the table was read with; each is usable again
   * @throws SQLException the failure, when it is none of the table's own
   */
  public static String sentence(SQLException failure, Connection... connections)
      throws SQLException {
    String state = String.valueOf(failure.getSQLState());
    if (state.length() < 2 || !OF_A_TABLE.contains(state.substring(0, 2))) {
      throw failure;
    }
    for (Connection connection : connections) {
      if (!connection.isValid(5)) {
        throw failure;
      }
    }
    return isRowSecurity(failure)
        ? "cannot be read: row security would hide rows of it from the role that reads it; run 'ALTER ROLE … BYPASSRLS' in hot for the role of 'hot.purger.user', as a superuser, and then './archive verify'"
        : "cannot be read: " + Failures.sentence(failure);
  }

  /** The server's message is in the language of its settings, and its code is that of any right. */
  private static boolean isRowSecurity(SQLException failure) {
    ServerErrorMessage message =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    return message != null && "check_enable_rls".equals(message.getRoutine());
  }
}
