package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.jdbc.SqlState;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Puts into words why a server did not do what it was asked. The exceptions of the JDK, of the
 * driver and of Kafka's client tell it in part, in the user's language, or not at all; none of
 * these words is a value of a row.
 */
public final class ServerTrouble {
  private static final int LONGEST_CHAIN = 20;

  private ServerTrouble() {}

  /**
   * A connection that could not be opened, of the same SQLSTATE and told with the server's name,
   * address, database and user.
   */
  public static SQLException unreached(DatabaseLogin login, SQLException failure) {
    String state = failure.getSQLState();
    ServerErrorMessage server = server(failure);
    String words =
        server == null
            ? refusedBefore(failure) + ". " + login.wayOut()
            : refused(String.valueOf(state), server);
    return new ToldException("%s: %s.".formatted(login.where(), words), state, failure);
  }

  private static String refusedBefore(SQLException failure) {
    String cause = network(failure);
    return cause == null ? "it does not answer" : cause;
  }

  private static String refused(String state, ServerErrorMessage server) {
    return switch (state) {
      case SqlState.CANNOT_CONNECT_NOW ->
          "it starts, stops or recovers, and lets nobody in yet ("
              + server.getMessage()
              + "); it is there when that has ended, see its log if it does not end";
      case SqlState.TOO_MANY_CONNECTIONS ->
          "it has no connection left for this role; end sessions that nobody needs"
              + " (pg_stat_activity), or raise max_connections or the role's CONNECTION LIMIT";
      default -> told(state, server);
    };
  }

  /** What a session's failure was; null: the server refused a statement, and says itself why. */
  public static @Nullable String ofSession(SQLException failure) {
    if (!(failure instanceof PSQLException)) {
      return null;
    }
    String state = String.valueOf(failure.getSQLState());
    String words =
        switch (state) {
          case SqlState.ADMIN_SHUTDOWN ->
              "it ended the session: somebody ended it there, or the server is stopped";
          case SqlState.CRASH_SHUTDOWN ->
              "it ended all sessions, because one of its processes had crashed";
          case SqlState.CANNOT_CONNECT_NOW ->
              "it starts, stops or recovers, and lets nobody in yet";
          case SqlState.IDLE_SESSION_TIMEOUT ->
              "it ended the session, which was idle for longer than allowed there";
          case SqlState.QUERY_CANCELED ->
              "the statement was cancelled: it took longer than its statement_timeout, or somebody"
                  + " cancelled it there";
          case SqlState.LOCK_NOT_AVAILABLE ->
              "a lock was not free in time; see in pg_locks who holds it";
          case SqlState.IDLE_IN_TRANSACTION_TIMEOUT ->
              "it ended the session, whose transaction was idle for longer than allowed there";
          case SqlState.TRANSACTION_TIMEOUT ->
              "it ended the session, whose transaction took longer than allowed there";
          default -> null;
        };
    if (words != null) {
      return words + " (SQLSTATE " + state + ")";
    }
    if (server(failure) != null || !state.startsWith("08")) {
      return null;
    }
    String cause = network(failure);
    return "the connection broke" + (cause == null ? "" : ": " + cause);
  }

  /** What the network did, as far as the failure's causes say; null: they do not. */
  public static @Nullable String network(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
      if (cause instanceof UnknownHostException) {
        return "the name of the host is not known here";
      }
      if (cause instanceof NoRouteToHostException) {
        return "no way leads to the host";
      }
      if (cause instanceof ConnectException) {
        return "it refuses connections; nothing listens on that port";
      }
      if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
        return "no answer came in time";
      }
      if (cause instanceof EOFException || cause instanceof ClosedChannelException) {
        return "the other side closed the connection";
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static String told(String state, ServerErrorMessage server) {
    return "it refuses: " + server.getMessage() + " (SQLSTATE " + state + ")";
  }

  private static @Nullable ServerErrorMessage server(SQLException failure) {
    return failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
  }

  /** Its message is told as it is. */
  public static final class ToldException extends SQLException {
    private static final long serialVersionUID = 1L;

    public ToldException(String message, @Nullable String state, SQLException cause) {
      super(message, state, cause);
    }
  }
}
