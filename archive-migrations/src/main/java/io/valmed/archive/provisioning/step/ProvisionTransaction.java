package io.valmed.archive.provisioning.step;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that a run changes, in one transaction: what fails leaves nothing behind. The tables
 * whose replica identity changes are locked together and last, for about a second at most; who does
 * not get them lets all go, and tries again.
 */
public final class ProvisionTransaction {

  /** How long all locks together may be waited for, while the first of them are held. */
  private static final Duration LOCKS = Duration.ofSeconds(1);

  private final Connection connection;
  private final ProvisionedRecords records;
  private final StepRunner runner;
  private final LockPatience patience;

  /**
   * @param connection in auto-commit mode, and again when {@link #run} returns
   */
  public ProvisionTransaction(
      Connection connection, ProvisionedRecords records, StepRunner runner, LockPatience patience) {
    this.connection = connection;
    this.records = records;
    this.runner = runner;
    this.patience = patience;
  }

  /**
   * Does it, or nothing of it.
   *
   * @return what became of obsolete steps
   * @throws StopException when the database refuses a step, or the tables are not to be had
   */
  public Map<ProvisionedRecords.Line, PlannedStep> run(IdentityWork identity, Todo todo)
      throws SQLException {
    for (int failed = 0; ; ) {
      try {
        return once(identity, todo);
      } catch (SQLException e) {
        if (!SqlState.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          throw e;
        }
        failed++;
        if (!patience.again(failed)) {
          throw new StopException(
              "Provisioning could not get its locks in %d attempts%s, and changed nothing; end what holds them, then run this again."
                  .formatted(failed, holders(todo)),
              e);
        }
      }
    }
  }

  private Map<ProvisionedRecords.Line, PlannedStep> once(IdentityWork identity, Todo todo)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      execute("SET LOCAL lock_timeout = " + patience.lockTimeout().toMillis());
      Map<ProvisionedRecords.Line, PlannedStep> restored = steps(identity, todo);
      try (IdentityWork.Elsewhere elsewhere = identity.elsewhere()) {
        connection.commit();
        elsewhere.commit();
      }
      return restored;
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private Map<ProvisionedRecords.Line, PlannedStep> steps(IdentityWork identity, Todo todo)
      throws SQLException {
    identity.write();
    records.adopt();
    List<Step> steps = todo.inTransaction();
    Map<ProvisionedRecords.Line, PlannedStep> restored = new HashMap<>();
    // Before anything is granted: revoking a right on a table takes those on its columns along.
    restore(todo, false, restored);
    for (Step step : steps.stream().filter(step -> !Todo.locks(step)).toList()) {
      runner.take(step);
    }
    lock(identities(todo));
    restore(todo, true, restored);
    for (Step step : steps.stream().filter(Todo::locks).toList()) {
      runner.take(step);
    }
    UpdateProof proof = new UpdateProof(connection);
    for (Step step : steps) {
      if (step.kind() == StepKind.PUBLISHED && step.table() != null) {
        proof.of(step.table());
      }
    }
    return restored;
  }

  private void restore(
      Todo todo, boolean locking, Map<ProvisionedRecords.Line, PlannedStep> restored)
      throws SQLException {
    for (ProvisionedRecords.Line line : todo.obsolete(false)) {
      if (line.kind().equals(StepKind.REPLICA_IDENTITY.word()) == locking) {
        restored.put(line, runner.restore(line));
      }
    }
  }

  /** Tables whose replica identity changes and that are still there. */
  private List<TableId> identities(Todo todo) throws SQLException {
    String word = StepKind.REPLICA_IDENTITY.word();
    TreeSet<TableId> tables =
        Stream.concat(
                todo.missing().stream().filter(Todo::locks).map(Step::name),
                todo.obsolete().stream()
                    .filter(line -> line.kind().equals(word))
                    .map(ProvisionedRecords.Line::name))
            .map(TableId::parse)
            .collect(Collectors.toCollection(TreeSet::new));
    Query catalog = new Query(connection);
    for (TableId table : List.copyOf(tables)) {
      if (!catalog.holds("SELECT to_regclass(?) IS NOT NULL", table.sql())) {
        tables.remove(table);
      }
    }
    return List.copyOf(tables);
  }

  private void lock(List<TableId> tables) throws SQLException {
    if (tables.isEmpty()) {
      return;
    }
    String names = tables.stream().map(TableId::sql).collect(Collectors.joining(", "));
    try {
      execute("SET LOCAL statement_timeout = " + LOCKS.toMillis());
      execute("LOCK TABLE " + names + " IN ACCESS EXCLUSIVE MODE");
      execute("SET LOCAL statement_timeout = 0");
    } catch (SQLException e) {
      throw SqlState.QUERY_CANCELED.equals(e.getSQLState())
          ? new SQLException("locking the tables took too long", SqlState.LOCK_NOT_AVAILABLE, e)
          : e;
    }
  }

  private String holders(Todo todo) throws SQLException {
    List<String> tables =
        Stream.concat(todo.removals().stream(), todo.missing().stream())
            .filter(step -> step.table() != null)
            .map(step -> String.valueOf(step.table()))
            .distinct()
            .toList();
    String sql =
        """
        SELECT string_agg(DISTINCT format('%s %s of %s on %s (%s)', a.backend_type, a.pid, coalesce(a.usename, '-'), t.name, a.state), ', ')
        FROM unnest(?::text[]) AS t (name) JOIN pg_locks l ON l.relation = to_regclass(t.name) AND l.granted
        JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.pid <> pg_backend_pid()
        """;
    return new Query(connection)
        .text(sql, connection.createArrayOf("text", tables.toArray()))
        .map(holders -> " because of " + holders)
        .orElse("");
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
