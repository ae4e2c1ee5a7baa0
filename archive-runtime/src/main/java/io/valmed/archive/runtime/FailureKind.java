package io.valmed.archive.runtime;

import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.kafka.KafkaRefusal;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** What a service's loop does after a failure. */
public enum FailureKind {
  /** The cause passes by itself: open everything anew and try again, with back-off. */
  RETRY,
  /** One row is at fault: set it aside, visibly, and go on with the others. */
  QUARANTINE,
  /** A person must act: stop with the reason. */
  STOP;

  /**
   * The kind of a failure, found in its chain of causes: SQLSTATE first, then Kafka's exceptions,
   * then the network's. What is not known stops.
   */
  public static FailureKind of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = next(cause)) {
      if (cause instanceof StopException) {
        return STOP;
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return ofSqlState(sql.getSQLState());
      }
      if (cause instanceof KafkaException kafka) {
        return ofKafka(kafka);
      }
      if (cause instanceof SocketException || cause instanceof TimeoutException) {
        return RETRY;
      }
    }
    return failure instanceof IOException ? RETRY : STOP;
  }

  /** The kind of an SQLSTATE (appendix A of PostgreSQL's manual); null: the network failed. */
  public static FailureKind ofSqlState(@Nullable String state) {
    if (state == null || state.length() != 5) {
      return RETRY;
    }
    return switch (state) {
      case SqlState.SERIALIZATION_FAILURE,
          SqlState.DEADLOCK_DETECTED,
          SqlState.OBJECT_IN_USE,
          SqlState.LOCK_NOT_AVAILABLE,
          SqlState.QUERY_CANCELED,
          SqlState.ADMIN_SHUTDOWN,
          SqlState.CRASH_SHUTDOWN,
          SqlState.CANNOT_CONNECT_NOW,
          SqlState.IDLE_SESSION_TIMEOUT,
          SqlState.READ_ONLY_TRANSACTION,
          SqlState.IDLE_IN_TRANSACTION_TIMEOUT,
          SqlState.TRANSACTION_TIMEOUT ->
          RETRY;
      default ->
          switch (state.substring(0, 2)) {
            case "08", "53" -> RETRY;
            case "22", "23" -> QUARANTINE;
            default -> STOP;
          };
    };
  }

  private static FailureKind ofKafka(KafkaException failure) {
    if (KafkaRefusal.is(failure)
        || failure instanceof InvalidConfigurationException
        || failure instanceof ProducerFencedException
        || failure instanceof InvalidProducerEpochException
        || failure instanceof RecordTooLargeException
        || failure instanceof SerializationException
        || failure instanceof UnsupportedVersionException) {
      return STOP;
    }
    Throwable cause = failure.getCause();
    return cause instanceof KafkaException kafka && cause != failure ? ofKafka(kafka) : RETRY;
  }

  private static @Nullable Throwable next(Throwable failure) {
    return failure.getCause() == failure ? null : failure.getCause();
  }
}
