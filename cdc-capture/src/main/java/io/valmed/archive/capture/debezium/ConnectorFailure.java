package io.valmed.archive.capture.debezium;

import io.debezium.DebeziumException;
import io.valmed.archive.runtime.StopException;
import java.io.IOException;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** Finds what really failed in the connector. */
final class ConnectorFailure {
  private ConnectorFailure() {}

  /**
   * The first cause that tells what to do next. The connector wraps everything into exceptions of
   * Kafka Connect, which say nothing of whether the failure passes.
   */
  static Exception causeOf(RuntimeException failure) {
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
