package io.valmed.archive.provisioning;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.DatabaseLogin;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PasswordUtil;

/** Takes single steps, and takes them back. */
final class StepRunner {
  /** Undefined table, object, column, schema, function: what was to be undone is gone already. */
  private static final Set<String> GONE = Set.of("42P01", "42704", "42703", "3F000", "42883");

  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String STILL_NEEDED = "2BP01";
  private static final String NOT_ALLOWED = "42501";
  private static final String IN_USE = "55006";

  private final Connection connection;
  private final ProvisionedRecords records;
  private final LockPatience patience;

  StepRunner(Connection connection, ProvisionedRecords records, LockPatience patience) {
    this.connection = connection;
    this.records = records;
    this.patience = patience;
  }

  @FunctionalInterface
  private interface SqlWork {
    void run() throws SQLException;
  }

  /**
   * Takes the step: its statement and its record together, or neither.
   *
   * @throws StopException when the database refuses it
   */
  void take(Step step) throws SQLException {
    if (step.done()) {
      records.add(step);
      return;
    }
    if (!step.kind().transactional()) {
      records.add(step);
      guarded(step.planned(), () -> execute(statement(step)));
      return;
    }
    patiently(
        step.planned(),
        step.table(),
        () -> {
          execute(statement(step));
          if (step.kind() == StepKind.PUBLISHED && step.table() != null) {
            new UpdateProof(connection).of(step.table());
          }
          records.add(step);
        });
  }

  /** Restores what was there before the step; tells what could not be. */
  PlannedStep takeBack(ProvisionedRecords.Line line) throws SQLException {
    PlannedStep planned = line.planned();
    Optional<PlannedStep> kept = kept(line);
    if (kept.isPresent()) {
      records.remove(line);
      return kept.get();
    }
    if (line.kind().equals(StepKind.INDEX.word())) {
      guarded(planned, () -> execute(line.undo()));
      records.remove(line);
      return planned;
    }
    try {
      patiently(
          planned,
          null,
          () -> {
            execute(line.undo());
            records.remove(line);
          });
      return planned;
    } catch (StopException e) {
      Optional<String> note = note(e);
      if (note.isEmpty()) {
        throw e;
      }
      records.remove(line);
      return new PlannedStep(planned.kind(), planned.name(), planned.sql(), note.get());
    }
  }

  /** What is told of a step that is not taken back, since another installation needs it. */
  Optional<PlannedStep> kept(ProvisionedRecords.Line line) throws SQLException {
    PlannedStep planned = line.planned();
    return records
        .sharedWith(line)
        .map(other -> "kept: installation " + other + " needs it as well")
        .map(note -> new PlannedStep(planned.kind(), planned.name(), planned.sql(), note));
  }

  private static Optional<String> note(StopException failure) {
    String state = failure.getCause() instanceof SQLException sql ? sql.getSQLState() : null;
    if (state != null && GONE.contains(state)) {
      return Optional.of("gone already");
    }
    return STILL_NEEDED.equals(state)
        ? Optional.of("kept: something outside this provisioning still needs it")
        : Optional.empty();
  }

  private void patiently(PlannedStep step, @Nullable TableId table, SqlWork work)
      throws SQLException {
    for (int failed = 0; ; ) {
      try {
        guarded(step, () -> inTransaction(work));
        return;
      } catch (SQLException e) {
        if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          throw e;
        }
        failed++;
        if (!patience.again(failed)) {
          throw new StopException(
              "The %s step for %s could not get its lock in %d attempts%s; end what holds it, then run this again."
                  .formatted(step.kind(), step.name(), failed, holders(table)),
              e);
        }
      }
    }
  }

  private void inTransaction(SqlWork work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      execute("SET LOCAL lock_timeout = " + patience.lockTimeout().toMillis());
      work.run();
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** Turns what a person must put right into a sentence; what passes by itself goes through. */
  private void guarded(PlannedStep step, SqlWork work) throws SQLException {
    try {
      work.run();
    } catch (SQLException e) {
      if (FailureKind.of(e) == FailureKind.RETRY) {
        throw e;
      }
      String way =
          switch (String.valueOf(e.getSQLState())) {
            case NOT_ALLOWED -> "run it as a superuser or as the owner of what it changes";
            case IN_USE -> "stop the service that uses it, then run this again";
            default -> "put that right, then run this again, or undo";
          };
      throw new StopException(
          "The %s step for %s failed (%s); %s."
              .formatted(step.kind(), step.name(), Failures.sentence(e), way),
          e);
    }
  }

  private String holders(@Nullable TableId table) throws SQLException {
    if (table == null) {
      return "";
    }
    String sql =
        """
        SELECT string_agg(format('%s %s of %s (%s)', a.backend_type, a.pid, coalesce(a.usename, '-'), a.state), ', ')
        FROM (SELECT DISTINCT pid FROM pg_locks WHERE relation = ?::regclass AND granted AND pid <> pg_backend_pid()) l
        JOIN pg_stat_activity a USING (pid)
        """;
    return new Catalog(connection).text(sql, table.sql()).map(h -> " because of " + h).orElse("");
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
    }
  }
}
