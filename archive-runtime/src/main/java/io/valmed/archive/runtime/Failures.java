package io.valmed.archive.runtime;

import io.valmed.archive.runtime.kafka.KafkaRefusal;
import io.valmed.archive.runtime.server.NamedServers;
import io.valmed.archive.runtime.server.ServerTrouble;
import java.net.SocketException;
import java.nio.file.FileSystemException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells failures to people without telling them a patient's data. A message is told where it is the
 * product's own, or of a kind that quotes no value; of any other failure only the class is told,
 * and in a log where it happened.
 */
public final class Failures {
  private static final int LONGEST_CHAIN = 20;
  private static final String OURS = "io.valmed.archive.";

  private Failures() {}

  /**
   * One sentence on the failure. A PostgreSQL error gives its primary message and SQLSTATE; its
   * detail, hint and context, which quote rows, are left out. For SQLSTATE classes 22 and 23 the
   * primary message may quote a value too, so only table, column and constraint are told.
   */
  public static String sentence(Throwable failure) {
    List<Throwable> chain = chain(failure);
    for (Throwable cause : chain) {
      if (cause instanceof StopException
          || cause instanceof NamedServers.ServerTroubleException
          || cause instanceof ServerTrouble.ToldException) {
        return String.valueOf(cause.getMessage());
      }
      if (cause instanceof SQLException sql) {
        return sql(sql);
      }
      String refusal = KafkaRefusal.sentence(cause);
      if (refusal != null) {
        return refusal;
      }
    }
    return chain.stream()
        .map(Failures::message)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> unspoken(failure));
  }

  /** Of what has no message that may be told: what the network did, or what it is. */
  private static String unspoken(Throwable failure) {
    String network = ServerTrouble.network(failure);
    return network == null ? failure.getClass().getSimpleName() : network;
  }

  /**
   * The failure's causes and where each was thrown, for a log. Messages are told as {@link
   * #sentence} tells them; beside an error that may quote a value, no other message is.
   */
  public static String trace(Throwable failure) {
    List<Throwable> chain = chain(failure);
    boolean quoting = chain.stream().anyMatch(Failures::quoting);
    StringBuilder out = new StringBuilder();
    for (Throwable cause : chain) {
      out.append(cause == failure ? "" : "caused by ").append(cause.getClass().getName());
      if (!quoting || cause instanceof SQLException || cause instanceof StopException) {
        message(cause).ifPresent(message -> out.append(": ").append(message));
      }
      out.append('\n');
      for (StackTraceElement frame : cause.getStackTrace()) {
        out.append("\tat ").append(frame).append('\n');
      }
    }
    return out.toString();
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && chain.size() < LONGEST_CHAIN && !chain.contains(cause);
        cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }

  private static boolean quoting(Throwable failure) {
    return failure instanceof SQLException sql
        && (failure instanceof BatchUpdateException
            || FailureKind.ofSqlState(sql.getSQLState()) == FailureKind.QUARANTINE);
  }

  /** The failure's own message, where it can be told. */
  private static Optional<String> message(Throwable failure) {
    if (failure instanceof SQLException sql) {
      return Optional.of(sql(sql));
    }
    String message = failure.getMessage();
    Throwable cause = failure.getCause();
    if (message == null || (cause != null && message.equals(cause.toString()))) {
      return Optional.empty();
    }
    boolean told =
        failure instanceof StopException
            || failure instanceof NamedServers.ServerTroubleException
            || failure instanceof KafkaException
            || failure instanceof SocketException
            || failure instanceof SSLException
            || failure instanceof FileSystemException
            || failure instanceof TimeoutException
            || failure instanceof VirtualMachineError
            || thrownHere(failure);
    return told ? Optional.of(message) : Optional.empty();
  }

  /** Messages of the product's own hold no value; those of the libraries may. */
  private static boolean thrownHere(Throwable failure) {
    StackTraceElement[] frames = failure.getStackTrace();
    return frames.length > 0 && frames[0].getClassName().startsWith(OURS);
  }

  private static String sql(SQLException failure) {
    if (failure instanceof BatchUpdateException) {
      // Its own message has the statement with its values.
      SQLException refused = failure.getNextException();
      return refused == null || refused instanceof BatchUpdateException
          ? "a batch of statements failed (SQLSTATE " + failure.getSQLState() + ")"
          : sql(refused);
    }
    if (failure instanceof ServerTrouble.ToldException) {
      return String.valueOf(failure.getMessage());
    }
    String state = failure.getSQLState();
    ServerErrorMessage server =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    if (FailureKind.ofSqlState(state) == FailureKind.QUARANTINE) {
      return "a value was refused" + by(server) + " (SQLSTATE " + state + ")";
    }
    String session = ServerTrouble.ofSession(failure);
    if (session != null) {
      return "PostgreSQL: " + session;
    }
    String message = failure.getMessage();
    return server == null
        ? (message == null ? "the database failed" : message)
            + (state == null ? "" : " (SQLSTATE " + state + ")")
        : server.getMessage() + " (SQLSTATE " + state + ")";
  }

  /** What refused a value, as far as the server says. */
  private static String by(@Nullable ServerErrorMessage server) {
    if (server == null) {
      return "";
    }
    String by =
        named("table", server.getTable())
            + named("column", server.getColumn())
            + named("constraint", server.getConstraint());
    return by.isEmpty() ? "" : " by" + by;
  }

  private static String named(String kind, @Nullable String name) {
    return name == null ? "" : " " + kind + " " + name;
  }
}
