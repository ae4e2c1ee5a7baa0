package io.valmed.archive.provisioning.step;

import io.valmed.archive.model.Sql;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PasswordUtil;

/** Takes single steps, and takes them back. */
public final class StepRunner {
  /** Undefined table, object, column, schema, function: what was to be undone is gone already. */
  private static final Set<String> GONE =
      Set.of(
          SqlState.UNDEFINED_TABLE,
          SqlState.UNDEFINED_OBJECT,
          SqlState.UNDEFINED_COLUMN,
          SqlState.INVALID_SCHEMA_NAME,
          SqlState.UNDEFINED_FUNCTION);

  private static final String STILL_NEEDED = "2BP01";

  private final Connection connection;
  private final ProvisionedRecords records;
  private final LockPatience patience;

  public StepRunner(Connection connection, ProvisionedRecords records, LockPatience patience) {
    this.connection = connection;
    this.records = records;
    this.patience = patience;
  }

  @FunctionalInterface
  private interface SqlWork {
    void run() throws SQLException;
  }

  @FunctionalInterface
  private interface SqlResult {
    PlannedStep get() throws SQLException;
  }

  /**
   * Takes the step in the connection's transaction: its statement and its record.
   *
   * @throws StopException when the database refuses it
   */
  void take(Step step) throws SQLException {
    if (!step.done()) {
      guarded(step.planned(), () -> execute(statement(step)));
    }
    records.add(step);
  }

  /**
   * Takes a step that no transaction block allows: recorded first.
   *
   * @throws StopException when the database refuses it
   */
  void outsideOfTransactions(Step step) throws SQLException {
    records.add(step);
    if (!step.done()) {
      guarded(step.planned(), () -> execute(statement(step)));
    }
  }

  /** Drops an index that was begun, and forgets it; one that was there before stays. */
  void takeBackIndex(Step step) throws SQLException {
    String undo = step.undo();
    if (undo != null && !step.done()) {
      guarded(step.planned(), () -> execute(undo));
    }
    records.remove(step);
  }

  /** Restores what was there before the step, in a transaction; tells what could not be. */
  PlannedStep takeBack(ProvisionedRecords.Line line) throws SQLException {
    PlannedStep planned = line.planned();
    if (line.kind().equals(StepKind.INDEX.word()) && kept(line).isEmpty()) {
      guarded(planned, () -> execute(line.undo()));
      records.remove(line);
      return planned;
    }
    return patiently(planned, () -> restore(line));
  }

  /**
   * Restores what was there before the step, in the connection's transaction; tells what could not
   * be.
   */
  PlannedStep restore(ProvisionedRecords.Line line) throws SQLException {
    PlannedStep told = kept(line).orElse(null);
    if (told == null) {
      told = line.planned();
      Savepoint before = connection.setSavepoint();
      try {
        execute(line.undo());
      } catch (SQLException e) {
        String note = note(e.getSQLState());
        if (note == null) {
          throw refused(told, e);
        }
        connection.rollback(before);
        told = new PlannedStep(told.kind(), told.name(), told.sql(), note);
      }
    }
    records.remove(line);
    return told;
  }

  /** What is told of a step that is not taken back, since another installation needs it. */
  Optional<PlannedStep> kept(ProvisionedRecords.Line line) throws SQLException {
    PlannedStep planned = line.planned();
    return records
        .sharedWith(line)
        .map(other -> "kept: installation " + other + " needs it as well")
        .map(note -> new PlannedStep(planned.kind(), planned.name(), planned.sql(), note));
  }

  private static @Nullable String note(@Nullable String state) {
    if (state != null && GONE.contains(state)) {
      return "gone already";
    }
    return STILL_NEEDED.equals(state)
        ? "kept: something outside this provisioning still needs it"
        : null;
  }

  private PlannedStep patiently(PlannedStep step, SqlResult work) throws SQLException {
    for (int failed = 0; ; ) {
      try {
        return inTransaction(work);
      } catch (SQLException e) {
        if (!SqlState.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          throw e;
        }
        failed++;
        if (!patience.again(failed)) {
          throw new StopException(
              "The %s step for %s could not get its lock in %d attempts; end what holds it, then run this again."
                  .formatted(step.kind(), step.name(), failed),
              e);
        }
      }
    }
  }

  private PlannedStep inTransaction(SqlResult work) throws SQLException {
    return UnitOfWork.of(
        connection,
        () -> {
          execute("SET LOCAL lock_timeout = " + patience.lockTimeout().toMillis());
          return work.get();
        });
  }

  private static void guarded(PlannedStep step, SqlWork work) throws SQLException {
    try {
      work.run();
    } catch (SQLException e) {
      throw refused(step, e);
    }
  }

  /**
   * What a person must put right, in a sentence.
   *
   * @throws SQLException the failure itself when it passes without anybody
   */
  private static StopException refused(PlannedStep step, SQLException failure) throws SQLException {
    if (FailureKind.of(failure) == FailureKind.RETRY) {
      throw failure;
    }
    String way =
        switch (String.valueOf(failure.getSQLState())) {
          case SqlState.INSUFFICIENT_PRIVILEGE, SqlState.PRIVILEGE_NOT_GRANTED ->
              "run it as a superuser or as the owner of what it changes";
          case SqlState.OBJECT_IN_USE -> "stop the service that uses it, then run this again";
          default -> "put that right, then run this again";
        };
    return new StopException(
        "The %s step for %s failed (%s); %s."
            .formatted(step.kind(), step.name(), Failures.sentence(failure), way),
        failure);
  }

  /** The verifier is computed here: the password itself never reaches the server. */
  private static String statement(Step step) {
    @Nullable DatabaseLogin login = step.secret();
    if (login == null) {
      return step.sql();
    }
    String verifier = PasswordUtil.encodeScramSha256(login.password().toCharArray());
    return step.sql().replace(Step.SECRET, Sql.literal(verifier));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
      for (SQLWarning warning = statement.getWarnings();
          warning != null;
          warning = warning.getNextWarning()) {
        // A warning: who grants lacks the grant option, and PostgreSQL has granted nothing.
        if (SqlState.PRIVILEGE_NOT_GRANTED.equals(warning.getSQLState())) {
          throw new SQLException(warning.getMessage(), SqlState.PRIVILEGE_NOT_GRANTED, warning);
        }
      }
    }
  }
}
