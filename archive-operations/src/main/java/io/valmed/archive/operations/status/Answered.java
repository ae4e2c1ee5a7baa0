package io.valmed.archive.operations.status;

import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.server.ServerQuestion;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered, or that it is there and refuses.
 *
 * @param value null: it refused
 * @param refusal why, and the command that mends it; null: it answered
 * @param slow whether it was only too slow this time
 */
record Answered<T>(@Nullable T value, @Nullable String refusal, boolean slow) {
  private static final String SLOW = "it is there, but answers too slowly";

  /** The same question, in which a refusal is an answer; other failures stay failures. */
  static <T> ServerQuestion.Asked<Answered<T>> of(String server, ServerQuestion.Asked<T> asked) {
    return new ServerQuestion.Asked<>() {
      @Override
      public Answered<T> ask() throws Exception {
        try {
          return new Answered<>(asked.ask(), null, false);
        } catch (Exception e) {
          if (FailureKind.of(e) == FailureKind.STOP) {
            return new Answered<>(null, Failures.sentence(e) + mend(server, e), false);
          }
          if (e instanceof SQLException sql && SqlState.QUERY_CANCELED.equals(sql.getSQLState())) {
            return new Answered<>(null, SLOW, true);
          }
          throw e;
        }
      }

      @Override
      public void close() {
        asked.close();
      }
    };
  }

  private static String mend(String server, Exception failure) {
    String state = failure instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
    return switch (state) {
      case SqlState.INSUFFICIENT_PRIVILEGE -> "; run './archive provision " + server + "'";
      case SqlState.UNDEFINED_TABLE,
          SqlState.UNDEFINED_COLUMN,
          SqlState.UNDEFINED_FUNCTION,
          SqlState.INVALID_SCHEMA_NAME ->
          "; run './archive migrate %1$s up' and './archive provision %1$s'".formatted(server);
      default -> "";
    };
  }
}
