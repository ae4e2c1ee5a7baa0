package io.valmed.archive.operations.init;

import io.valmed.archive.databases.hot.LiveTable;
import io.valmed.archive.databases.hot.LiveTables;
import io.valmed.archive.provisioning.check.PolicyProblem;
import io.valmed.archive.provisioning.check.ServerCheck;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether superusers have done their part, seen with the migrators' own rights. */
public final class AccessCheck {
  private static final String SLOT = "arc_valmed";

  private static final String MISSING_IN_HOT =
      """
      SELECT 'CREATEROLE' FROM pg_roles WHERE rolname = current_user AND NOT rolcreaterole AND NOT rolsuper
      UNION ALL
      SELECT 'REPLICATION' FROM pg_roles WHERE rolname = current_user AND NOT rolreplication AND NOT rolsuper
      UNION ALL
      SELECT 'CREATE on the database' WHERE NOT has_database_privilege(current_database(), 'CREATE')
      UNION ALL
      SELECT 'the functions of replication origins' WHERE EXISTS (
        SELECT FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
        AND proname IN ('pg_replication_origin_session_setup', 'pg_replication_origin_xact_setup', 'pg_replication_origin_progress')
        AND NOT has_function_privilege(oid, 'EXECUTE WITH GRANT OPTION'))
        OR NOT has_function_privilege('pg_replication_origin_create(text)', 'EXECUTE')
      """;

  private static final String MISSING_IN_ARCHIVE =
      """
      SELECT 'CREATEROLE' FROM pg_roles WHERE rolname = current_user AND NOT rolcreaterole AND NOT rolsuper
      UNION ALL
      SELECT 'ownership of the database' FROM pg_database
      WHERE datname = current_database() AND NOT pg_has_role(current_user, datdba, 'USAGE')
      """;

  private final InitialFiles files;
  private final Answers answers;
  private final List<Result> results = new ArrayList<>();

  /**
   * @param files where the password files are
   * @param answers the addresses
   */
  public AccessCheck(InitialFiles files, Answers answers) {
    this.files = files;
    this.answers = answers;
  }

  /**
   * What was seen of one thing.
   *
   * @param ready whether it is as it must be
   * @param about what was looked at
   * @param sentence how it is, and what to do
   */
  public record Result(boolean ready, String about, String sentence) {}

  /** Looks at both databases; changes nothing. */
  public List<Result> look() {
    look("hot", answers.hot(), files.hotStatements(), this::hot);
    look("archive", answers.archive(), files.archiveStatements(), this::archive);
    return List.copyOf(results);
  }

  /**
   * Writes the settings with a policy that hot's tables suggest, unless there are settings.
   *
   * @return what is proposed, in a sentence; empty: there were settings already
   */
  public String propose() throws IOException, SQLException {
    if (Files.exists(files.settings())) {
      return "";
    }
    PolicyProposal proposal;
    try (Connection hot = login("hot", answers.hot()).connect("archive init")) {
      proposal = PolicyProposal.of(LiveTables.of(hot));
    }
    if (proposal.empty()) {
      throw new StopException(
          "Hot's database %s does not have a table with a primary key that could be archived; let the application make its tables, then run './archive init --check%s' again."
              .formatted(answers.hot(), files.option()));
    }
    InitialFiles.create(files.settings(), DraftSettings.of(answers, proposal));
    return "%d root table(s), %d reference table(s), %d left out"
        .formatted(proposal.roots().size(), proposal.reference().size(), proposal.leftOut().size());
  }

  @FunctionalInterface
  private interface Look {
    void at(Connection connection, Path statements) throws SQLException;
  }

  private void look(String database, String address, Path statements, Look look) {
    int before = results.size();
    try (Connection connection = login(database, address).connect("archive init")) {
      look.at(connection, statements);
    } catch (SQLException | StopException e) {
      results.add(
          new Result(
              false,
              database,
              "%s; if a superuser has not run %s yet, that is missing"
                  .formatted(Failures.sentence(e), statements)));
    }
    if (results.size() == before) {
      results.add(new Result(true, database, address + " is ready for arc_migrator"));
    }
  }

  private void hot(Connection connection, Path statements) throws SQLException {
    tell(new ServerCheck(SLOT).check(connection));
    tellMissing("hot", connection, MISSING_IN_HOT, statements);
    List<LiveTable> tables = LiveTables.of(connection);
    String foreign =
        tables.stream()
            .filter(table -> table.fault() == null && !table.owner().ours())
            .map(
                table ->
                    "%s (%s%s)"
                        .formatted(
                            table.table(),
                            table.owner().superuser() ? "superuser " : "",
                            table.owner().name()))
            .collect(Collectors.joining(", "));
    if (!foreign.isEmpty()) {
      results.add(
          new Result(
              false,
              "hot, tables",
              "arc_migrator may not act as the owner of %s; let a superuser run %s again, after ALTER TABLE … OWNER TO … for those of a superuser"
                  .formatted(foreign, statements)));
    }
  }

  private void archive(Connection connection, Path statements) throws SQLException {
    tell(ServerCheck.ofArchive(connection));
    tellMissing("archive", connection, MISSING_IN_ARCHIVE, statements);
  }

  private void tell(List<PolicyProblem> problems) {
    problems.stream()
        .filter(PolicyProblem::isError)
        .map(problem -> new Result(false, problem.key(), problem.problem() + "; " + problem.fix()))
        .forEach(results::add);
  }

  private void tellMissing(String about, Connection connection, String sql, Path statements)
      throws SQLException {
    List<String> missing = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        missing.add(row.getString(1));
      }
    }
    if (!missing.isEmpty()) {
      results.add(
          new Result(
              false,
              about,
              "arc_migrator lacks %s; let a superuser run %s"
                  .formatted(String.join(", ", missing), statements)));
    }
  }

  private DatabaseLogin login(String database, String address) {
    return new DatabaseLogin(
        "jdbc:postgresql://" + address,
        "arc_migrator",
        files.password(database + "-migrator"),
        answers.trust().of(database),
        database);
  }
}
