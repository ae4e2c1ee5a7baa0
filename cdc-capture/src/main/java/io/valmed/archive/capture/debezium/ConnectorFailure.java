package io.valmed.archive.capture.debezium;

import io.debezium.DebeziumException;
import io.valmed.archive.runtime.StopException;
import java.io.IOException;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Finds what really failed in the connector. */
public final class ConnectorFailure {
  private ConnectorFailure() {}

  /**
   * Throws what ended a stream; returns when nothing has.
   *
   * @throws Exception what {@code FailureKind} classifies
   */
  public static void raise(@Nullable Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw causeOf(exception);
    }
    if (failure instanceof Exception exception) {
      throw exception;
    }
  }

  /**
   * The first cause that tells what to do next. The connector wraps everything into exceptions of
   * Kafka Connect, which say nothing of whether the failure passes.
   */
  public static Exception causeOf(RuntimeException failure) {
    Throwable innermost = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StopException stop) {
        return stop;
      }
      if (cause instanceof SQLException sql) {
        return sql;
      }
      if (cause instanceof IOException io) {
        return io;
      }
      if (cause == cause.getCause()) {
        break;
      }
      innermost = cause;
    }
    if (innermost instanceof ConnectException || innermost instanceof DebeziumException) {
      return new StopException(
          "The connector cannot read hot's stream: "
              + innermost.getMessage()
              + ". See the log; './archive doctor' checks what capture needs.",
          failure);
    }
    return failure;
  }
}
