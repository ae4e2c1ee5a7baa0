package io.valmed.archive.purge.lane;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.Failures;
import java.sql.SQLException;
import java.util.Set;

/** Tells a failure that is one hot table's own from one of the database. */
final class TableFailure {
  // Features, values, constraints, routines, access, limits, states, damaged data.
  private static final Set<String> OF_A_TABLE =
      Set.of("0A", "0Z", "21", "22", "23", "2F", "38", "39", "42", "54", "P0", "XX");

  private TableFailure() {}

  /**
   * The failure as a reason to hold the table, if it is the table's own; else itself.
   *
   * @param hot where it happened, in words
   */
  static Exception of(TableId root, String hot, SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.length() == 5 && OF_A_TABLE.contains(state.substring(0, 2))
        ? TableHeldException.fault(
            root,
            "or a child of it cannot be purged: " + hot + ": " + Failures.sentence(failure),
            failure)
        : failure;
  }

  /**
   * The failure, to be thrown.
   *
   * @throws TableHeldException when it is the table's own
   */
  static SQLException heldOrThrown(TableId root, String hot, SQLException failure)
      throws TableHeldException {
    if (of(root, hot, failure) instanceof TableHeldException held) {
      throw held;
    }
    return failure;
  }
}
