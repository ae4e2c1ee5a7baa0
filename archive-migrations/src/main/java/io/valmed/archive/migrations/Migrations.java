package io.valmed.archive.migrations;

import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.ibatis.migration.MigrationException;
import org.apache.ibatis.migration.operations.DownOperation;
import org.apache.ibatis.migration.operations.UpOperation;
import org.apache.ibatis.migration.options.DatabaseOperationOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The migrations of one database. Each runs in a transaction of its own together with its line in
 * the changelog; a session advisory lock keeps two runs apart.
 *
 * <p>All methods throw {@link StopException} when a person must act first (a changed script, an
 * unknown migration, a missing right, another run) and {@link SQLException} when the database
 * cannot be reached. Whatever failed has changed nothing.
 */
public final class Migrations {
  private static final String SET_ASIDE =
      """
      SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relkind IN ('r', 'p') ORDER BY c.relname
      """;

  private static final Logger log = LoggerFactory.getLogger(Migrations.class);

  private final Target target;
  private final DatabaseLogin login;
  private final List<MigrationScript> scripts;

  Migrations(Target target, DatabaseLogin login, List<MigrationScript> scripts) {
    this.target = target;
    this.login = login;
    this.scripts = List.copyOf(scripts);
  }

  /**
   * The target's migrations in this release.
   *
   * @param login the database, and the role that owns or will own everything there
   */
  public static Migrations of(Target target, DatabaseLogin login) {
    return new Migrations(target, login, MigrationScript.of(target));
  }

  /** Every migration of this release, oldest first. */
  public List<MigrationStatus> status() throws SQLException {
    try (Connection connection = login.connect("archive migrate")) {
      return status(read(connection));
    }
  }

  /** Applies what is pending, and returns what it applied. */
  public List<MigrationStatus> up() throws SQLException {
    try (Connection connection = login.connect("archive migrate")) {
      MigrationLock.take(connection);
      prepare(connection);
      Changelog changelog = new Changelog(connection, target);
      UnitOfWork.run(connection, changelog::create);
      List<Long> applied = new ArrayList<>();
      for (MigrationScript script : pending(changelog.readChecked(scripts))) {
        step(connection, script, "applied", () -> apply(connection, script));
        applied.add(script.id());
      }
      return status(changelog.read()).stream().filter(s -> applied.contains(s.id())).toList();
    }
  }

  /**
   * Undoes the newest applied migrations. Tables that hold records are set aside and come back with
   * the next {@link #up}.
   *
   * @param steps how many, at least 1; more than there are undoes all
   * @return what was undone, newest first
   */
  public List<MigrationStatus> down(int steps) throws SQLException {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, but is " + steps);
    }
    try (Connection connection = login.connect("archive migrate")) {
      MigrationLock.take(connection);
      prepare(connection);
      Changelog changelog = new Changelog(connection, target);
      if (!changelog.exists()) {
        return List.of();
      }
      Map<Long, Changelog.Line> lines = changelog.readChecked(scripts);
      List<MigrationStatus> undone = new ArrayList<>();
      for (int i = scripts.size() - 1; i >= 0 && undone.size() < steps; i--) {
        MigrationScript script = scripts.get(i);
        if (lines.containsKey(script.id())) {
          step(connection, script, "undone", () -> undo(connection));
          undone.add(new MigrationStatus(script.id(), script.description(), null));
        }
      }
      UnitOfWork.run(connection, changelog::dropIfEmpty);
      return undone;
    }
  }

  /**
   * Tables with records that undone migrations have set aside, with their schema, by name. They
   * stay until the next {@link #up} takes them back, or a person drops the schema.
   */
  public List<String> setAside() throws SQLException {
    try (Connection connection = login.connect("archive migrate");
        PreparedStatement query = connection.prepareStatement(SET_ASIDE)) {
      query.setString(1, target.kept());
      try (ResultSet rows = query.executeQuery()) {
        List<String> tables = new ArrayList<>();
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
        return List.copyOf(tables);
      }
    }
  }

  /**
   * The SQL that {@link #up} would run now, for a DBA to read or to run by hand with {@code psql};
   * empty when nothing is pending.
   */
  public String sql() throws SQLException {
    List<MigrationScript> pending;
    try (Connection connection = login.connect("archive migrate")) {
      pending = pending(read(connection));
    }
    if (pending.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder("\\set ON_ERROR_STOP on\n");
    out.append(Changelog.creation(target)).append('\n').append(MigrationScript.prelude());
    for (MigrationScript script : pending) {
      out.append("\n-- ").append(script.title()).append("\nBEGIN;\n").append(script.up());
      out.append(
          "INSERT INTO %s (id, applied_at, description) VALUES (%d, '', '%s');\n"
              .formatted(target.changelog(), script.id(), script.description().replace("'", "''")));
      out.append(Changelog.checksumUpdate(target, script)).append("COMMIT;\n");
    }
    return out.toString();
  }

  private Map<Long, Changelog.Line> read(Connection connection) throws SQLException {
    Changelog changelog = new Changelog(connection, target);
    return changelog.exists() ? changelog.readChecked(scripts) : Map.of();
  }

  private List<MigrationScript> pending(Map<Long, Changelog.Line> lines) {
    return scripts.stream().filter(script -> !lines.containsKey(script.id())).toList();
  }

  private List<MigrationStatus> status(Map<Long, Changelog.Line> lines) {
    List<MigrationStatus> all = new ArrayList<>();
    for (MigrationScript script : scripts) {
      Changelog.Line line = lines.get(script.id());
      all.add(
          new MigrationStatus(
              script.id(), script.description(), line == null ? null : line.appliedAt()));
    }
    return all;
  }

  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '10s'");
      statement.execute("SET client_min_messages = warning");
      statement.execute(MigrationScript.prelude());
    }
  }

  private void apply(Connection connection, MigrationScript script) throws SQLException {
    new UpOperation(1)
        .operate(() -> HeldTransaction.of(connection), new ScriptLoader(scripts), options(), null);
    new Changelog(connection, target).seal(script);
  }

  private void undo(Connection connection) {
    new DownOperation(1)
        .operate(() -> HeldTransaction.of(connection), new ScriptLoader(scripts), options(), null);
  }

  private DatabaseOperationOption options() {
    DatabaseOperationOption options = new DatabaseOperationOption();
    options.setChangelogTable(target.changelog());
    options.setStopOnError(true);
    options.setThrowWarning(false);
    options.setSendFullScript(true);
    return options;
  }

  private void step(
      Connection connection, MigrationScript script, String done, UnitOfWork.Steps work)
      throws SQLException {
    try {
      UnitOfWork.run(connection, work);
    } catch (MigrationException e) {
      SQLException cause = sqlCause(e);
      if (cause == null) {
        throw e;
      }
      if (FailureKind.of(cause) == FailureKind.RETRY) {
        throw cause;
      }
      throw new StopException(
          "Migration %s of the %s database could not be %s, and nothing of it was: %s."
              .formatted(script.title(), target.word(), done, Failures.sentence(cause)),
          cause);
    }
    log.atInfo()
        .addKeyValue("database", target.word())
        .addKeyValue("migration", script.title())
        .log("applied".equals(done) ? "Migration applied" : "Migration undone");
  }

  private static @Nullable SQLException sqlCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
