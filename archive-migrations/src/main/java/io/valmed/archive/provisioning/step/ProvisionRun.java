package io.valmed.archive.provisioning.step;

import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.databases.schema.SchemaCheck;
import io.valmed.archive.migrations.MigrationLock;
import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans, takes and takes back the steps of one database. */
public final class ProvisionRun {
  private static final Logger log = LoggerFactory.getLogger(ProvisionRun.class);

  private final String database;
  private final String prefix;
  private final DatabaseLogin migrator;
  private final Wanted wanted;
  private final LockPatience patience;

  /**
   * @param database how {@code archive migrate} calls it
   * @param prefix the installation
   * @param wanted what this database is to have
   */
  public ProvisionRun(String database, String prefix, DatabaseLogin migrator, Wanted wanted) {
    this.database = database;
    this.prefix = prefix;
    this.migrator = migrator;
    this.wanted = wanted;
    Backoff pauses =
        new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), RandomGenerator.getDefault());
    this.patience =
        new LockPatience(Duration.ofMillis(250), 90, pauses, time -> Thread.sleep(time.toMillis()));
  }

  /** What a database is to have. */
  public interface Wanted {
    /**
     * Compares the database with what is recorded of the installation.
     *
     * @throws StopException when it is another one's
     */
    IdentityWork identity(Connection connection) throws SQLException;

    /**
     * Adds the rights that can be told before any step is planned.
     *
     * @param migrated whether the product's tables are there
     * @return whether steps can be planned
     */
    boolean foresee(Query catalog, boolean migrated, NeededRights rights) throws SQLException;

    /**
     * Whether the database allows what is wanted; asked outside of transactions.
     *
     * @throws StopException when it does not
     */
    void check(Query catalog) throws SQLException;

    /**
     * Everything that is wanted, in the order in which it is told.
     *
     * @throws StopException when something of that name is not ours
     */
    List<Step> steps(Query catalog) throws SQLException;

    /** What is to be taken away before anything else. */
    List<Step> removals(Query catalog) throws SQLException;

    /** What {@link #beforeUndo} would do now; changes nothing. */
    List<PlannedStep> planBeforeUndo(Query catalog) throws SQLException;

    /** What undo does before anything else. */
    List<PlannedStep> beforeUndo(Query catalog) throws SQLException;

    /** What undo does behind everything else. */
    void afterUndo(Connection connection) throws SQLException;
  }

  public List<PlannedStep> plan() throws SQLException {
    try (Connection connection = open()) {
      SchemaCheck.of(ReleaseSchema.of(database), connection);
      connection.setReadOnly(true);
      NeededRights rights = new NeededRights(new Query(connection));
      List<PlannedStep> planned = new ArrayList<>(wanted.identity(connection).planned());
      planned.addAll(plan(connection, rights).planned());
      return List.copyOf(planned);
    }
  }

  /** Does all of it, or nothing: one transaction, and indexes that are dropped when it fails. */
  public List<PlannedStep> apply() throws SQLException {
    try (Connection connection = open()) {
      MigrationLock.take(connection);
      SchemaCheck.of(ReleaseSchema.of(database), connection);
      IdentityWork identity = wanted.identity(connection);
      NeededRights rights = new NeededRights(new Query(connection));
      Todo todo = plan(connection, rights);
      RightsMissingException.unlessNone(database, migrator, rights.missing());
      StepRunner runner = new StepRunner(connection, records(connection), patience);
      Map<ProvisionedRecords.Line, PlannedStep> restored =
          whole(connection, identity, todo, runner);
      for (ProvisionedRecords.Line line : todo.obsolete(true)) {
        restored.put(line, runner.takeBack(line));
      }
      mustBeComplete(todo(connection));
      List<PlannedStep> taken = new ArrayList<>(identity.planned());
      taken.addAll(todo.told(restored));
      taken.forEach(ProvisionRun::told);
      return List.copyOf(taken);
    }
  }

  /** Adds the rights that are missing; who may not even read what is there learns of them here. */
  private Todo plan(Connection connection, NeededRights rights) throws SQLException {
    Query catalog = new Query(connection);
    if (!wanted.foresee(catalog, true, rights)) {
      RightsMissingException.unlessNone(database, migrator, rights.missing());
    }
    wanted.check(catalog);
    Todo todo = todo(connection);
    rights.toDo(todo);
    return todo;
  }

  /** Every right that {@link #apply} needs and its role lacks. */
  public List<MissingRight> missingRights() throws SQLException {
    try (Connection connection = connect()) {
      Query catalog = new Query(connection);
      NeededRights rights = new NeededRights(catalog);
      boolean migrated = records(connection).exist();
      if (wanted.foresee(catalog, migrated, rights) && migrated) {
        wanted.check(catalog);
        rights.toDo(todo(connection));
      }
      return rights.missing();
    }
  }

  /** Every right that {@link #undo} needs and its role lacks. */
  public List<MissingRight> missingRightsOfUndo() throws SQLException {
    try (Connection connection = open()) {
      return ofUndo(connection);
    }
  }

  private List<MissingRight> ofUndo(Connection connection) throws SQLException {
    Query catalog = new Query(connection);
    NeededRights rights = new NeededRights(catalog);
    StepRunner runner = new StepRunner(connection, records(connection), patience);
    if (ReplicationSlots.drops(wanted.planBeforeUndo(catalog))) {
      rights.replication("to drop the replication slot");
    }
    for (ProvisionedRecords.Line line : records(connection).forUndo()) {
      if (runner.kept(line).isEmpty()) {
        rights.toTakeBack(line);
      }
    }
    return rights.missing();
  }

  private Map<ProvisionedRecords.Line, PlannedStep> whole(
      Connection connection, IdentityWork identity, Todo todo, StepRunner runner)
      throws SQLException {
    IndexBuilds indexes = new IndexBuilds(runner);
    try {
      indexes.build(todo.indexes());
      return new ProvisionTransaction(connection, records(connection), runner, patience)
          .run(identity, todo);
    } catch (SQLException | RuntimeException e) {
      indexes.takeBack(e);
      throw e;
    }
  }

  public List<PlannedStep> undo() throws SQLException {
    try (Connection connection = open()) {
      MigrationLock.take(connection);
      RightsMissingException.unlessNone(database, migrator, ofUndo(connection));
      StepRunner runner = new StepRunner(connection, records(connection), patience);
      List<PlannedStep> taken = new ArrayList<>(wanted.beforeUndo(new Query(connection)));
      for (ProvisionedRecords.Line line : records(connection).forUndo()) {
        taken.add(told(runner.takeBack(line)));
      }
      records(connection).forgetSlots();
      wanted.afterUndo(connection);
      return List.copyOf(taken);
    }
  }

  /** What {@link #undo} would do now; changes nothing. */
  public List<PlannedStep> planUndo() throws SQLException {
    try (Connection connection = open()) {
      connection.setReadOnly(true);
      StepRunner runner = new StepRunner(connection, records(connection), patience);
      List<PlannedStep> planned = new ArrayList<>(wanted.planBeforeUndo(new Query(connection)));
      for (ProvisionedRecords.Line line : records(connection).forUndo()) {
        planned.add(runner.kept(line).orElse(line.planned()));
      }
      return List.copyOf(planned);
    }
  }

  private Connection open() throws SQLException {
    Connection connection = connect();
    try {
      records(connection).mustExist(database);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = migrator.connect("archive provision");
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = 0");
      statement.execute("SET search_path = pg_catalog");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private ProvisionedRecords records(Connection connection) {
    return new ProvisionedRecords(connection, prefix);
  }

  private Todo todo(Connection connection) throws SQLException {
    Query catalog = new Query(connection);
    List<Step> steps = wanted.steps(catalog);
    Set<String> names = new HashSet<>();
    List<Step> missing = new ArrayList<>();
    for (Step step : steps) {
      if (names.add(step.kind().word() + " " + step.name())
          && (!step.done() || records(connection).unrecorded(step))) {
        missing.add(step);
      }
    }
    List<ProvisionedRecords.Line> obsolete =
        records(connection).forUndo().stream().filter(line -> isObsolete(line, names)).toList();
    return new Todo(wanted.removals(catalog), obsolete, missing);
  }

  /** Origins stay: each purge worker provisions its own from its own settings. */
  private static boolean isObsolete(ProvisionedRecords.Line line, Set<String> names) {
    return !line.kind().equals(StepKind.ORIGIN.word())
        && !names.contains(line.kind() + " " + line.name());
  }

  private static PlannedStep told(PlannedStep step) {
    log.atInfo()
        .addKeyValue("kind", step.kind())
        .addKeyValue("name", step.name())
        .log(step.note() == null ? "Provisioned" : "Provisioned; " + step.note());
    return step;
  }

  private void mustBeComplete(Todo left) {
    if (!left.planned().isEmpty()) {
      throw new StopException(
          "Provisioning of the %s database ran, but %d steps had no effect, first %s; run it as a superuser or as the tables' owner."
              .formatted(database, left.planned().size(), left.planned().get(0)));
    }
  }
}
