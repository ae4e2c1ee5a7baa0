package io.valmed.archive.purge.postgres;

import io.valmed.archive.runtime.Failures;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

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
    return "cannot be read: " + Failures.sentence(failure);
  }
}
