package io.valmed.archive.runtime.jdbc;

import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
   * What the table's report says of a failure in hot.
   *
   * @param hot usable again
   * @throws SQLException the failure, when it is none of the table's own
   */
  public static String inHot(SQLException failure, Connection hot) throws SQLException {
    return sentence(failure, Map.of("hot", hot));
  }

  /** The same of a failure in the archive. */
  public static String inArchive(SQLException failure, Connection archive) throws SQLException {
    return sentence(failure, Map.of("archive", archive));
  }

  /** The same of a failure in one of them: {@link AskedSession} knows in which. */
  public static String inEither(SQLException failure, Connection hot, Connection archive)
      throws SQLException {
    return sentence(failure, Map.of("hot", hot, "archive", archive));
  }

  private static String sentence(SQLException told, Map<String, Connection> sessions)
      throws SQLException {
    AskedSession.@Nullable FailedException asked =
        told instanceof AskedSession.FailedException known ? known : null;
    SQLException failure = asked == null ? told : asked.failure();
    String state = String.valueOf(failure.getSQLState());
    if (state.length() < 2 || !OF_A_TABLE.contains(state.substring(0, 2))) {
      throw failure;
    }
    List<String> places = new ArrayList<>();
    for (Map.Entry<String, Connection> session : new TreeMap<>(sessions).entrySet()) {
      if (!session.getValue().isValid(5)) {
        throw failure;
      }
      if (asked == null || asked.in(session.getValue())) {
        places.add(DatabaseLogin.placeOf(session.getKey(), session.getValue()));
      }
    }
    return "cannot be read in " + String.join(" or ", places) + ": " + words(failure);
  }

  /** What the database said, with the way out where there is a common one. */
  public static String words(SQLException failure) {
    return isRowSecurity(failure)
        ? "row security would hide rows of it from the role that reads it; run 'ALTER ROLE … BYPASSRLS' in hot for the role of 'hot.purger.user', as a superuser, and then './archive verify'"
        : Failures.sentence(failure);
  }

  /** The server's message is in the language of its settings, and its code is that of any right. */
  private static boolean isRowSecurity(SQLException failure) {
    ServerErrorMessage message =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    return message != null && "check_enable_rls".equals(message.getRoutine());
  }
}
