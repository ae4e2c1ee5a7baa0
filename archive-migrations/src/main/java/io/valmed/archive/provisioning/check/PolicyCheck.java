package io.valmed.archive.provisioning.check;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares a policy with the live hot database. */
public final class PolicyCheck {
  private static final Set<String> AGE_TYPES =
      Set.of("date", "timestamp without time zone", "timestamp with time zone");

  private final Policy policy;
  private final TopicNames topics;
  private final List<String> readers;

  /** A check of a settings file's policy, for the roles that it names. */
  public PolicyCheck(Settings settings) {
    this(
        settings.policy(),
        settings.topics(),
        List.of(settings.hot().capture().user(), settings.hot().purger().user()));
  }

  /**
   * @param readers the roles that must see all rows of the policy's tables
   */
  public PolicyCheck(Policy policy, TopicNames topics, List<String> readers) {
    this.policy = policy;
    this.topics = topics;
    this.readers = List.copyOf(readers);
  }

  /** One check of one database. */
  private record Pass(
      Query catalog, List<PolicyProblem> problems, TableCheck tables, ReferenceCheck references) {

    void error(String key, String problem, String fix) {
      problems.add(PolicyProblem.error(key, problem, fix));
    }
  }

  /**
   * Everything in which policy and database do not fit, all at once, in the policy's order. Reads
   * only, in a transaction that is rolled back.
   *
   * @param connection in auto-commit mode, and again when this returns; any role that may SELECT
   *     from the policy's tables
   */
  public List<PolicyProblem> check(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION READ ONLY");
      statement.execute("SET LOCAL search_path = pg_catalog");
      Query catalog = new Query(connection);
      List<PolicyProblem> problems = new ArrayList<>();
      Pass pass =
          new Pass(
              catalog,
              problems,
              new TableCheck(catalog, problems, new RowSecurity(catalog, readers)),
              new ReferenceCheck(catalog, policy, problems));
      for (RootTable root : policy.roots()) {
        checkRoot(pass, root);
      }
      for (ReferenceTable reference : policy.reference()) {
        checkReference(pass, reference);
      }
      checkTopics(pass);
      return List.copyOf(problems);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private void checkRoot(Pass pass, RootTable root) throws SQLException {
    String key = "policy.roots." + root.table();
    Optional<TableFacts> facts = facts(pass, key, root.table());
    if (facts.isPresent()) {
      checkAge(pass, key, root.table(), facts.get(), root.age());
      checkSettled(pass, key, root);
    }
    checkPurgeable(pass, key, root.table(), facts.orElse(null), root.children());
  }

  private void checkChild(Pass pass, String key, ChildTable child) throws SQLException {
    Optional<TableFacts> facts = facts(pass, key, child.table());
    if (facts.isPresent()) {
      checkAge(pass, key, child.table(), facts.get(), child.age());
    }
    checkPurgeable(pass, key, child.table(), facts.orElse(null), child.children());
  }

  private void checkPurgeable(
      Pass pass, String key, TableId table, @Nullable TableFacts facts, List<ChildTable> children)
      throws SQLException {
    if (facts != null) {
      List<String> plain = policy.find(table).map(PolicyTable::plainNumbers).orElse(List.of());
      checkPlainNumbers(pass, key, table, facts, plain);
      pass.tables().checkPurgeable(key, table, plain, facts.largeObjects());
      pass.references().check(key, table, facts.key(), children);
    }
    for (ChildTable child : children) {
      checkChild(pass, key + ".children." + child.table(), child);
    }
  }

  private static void checkPlainNumbers(
      Pass pass, String key, TableId table, TableFacts facts, List<String> plain) {
    for (String column : plain) {
      if (facts.largeObjects().stream().noneMatch(c -> c.name().equals(column))) {
        pass.error(
            key + ".plain-number",
            table + " has no column " + column + " of type oid or lo",
            "correct the name, or leave it out");
      }
    }
  }

  private static void checkReference(Pass pass, ReferenceTable reference) throws SQLException {
    String key = "policy.reference." + reference.table();
    Optional<TableFacts> facts = facts(pass, key, reference.table());
    if (facts.isEmpty()) {
      return;
    }
    for (String column : reference.exclude()) {
      if (facts.get().column(column).isEmpty()) {
        pass.error(
            key + ".exclude",
            reference.table() + " has no column " + column,
            "correct the name, or leave it out");
      } else if (facts.get().key().contains(column)) {
        pass.error(
            key + ".exclude",
            "column " + column + " is part of the primary key of " + reference.table(),
            "leave it out of exclude; without its key a row cannot be archived");
      }
    }
  }

  private static Optional<TableFacts> facts(Pass pass, String key, TableId table)
      throws SQLException {
    Optional<TableFacts> facts = TableFacts.of(pass.catalog(), table);
    if (facts.isEmpty()) {
      pass.error(
          key,
          "the hot database has no table " + table,
          "correct the name (in double quotes if it has capitals), or take it out of the policy");
    } else {
      pass.tables().check(key, table, facts.get());
    }
    return facts;
  }

  private static void checkAge(
      Pass pass, String key, TableId table, TableFacts facts, @Nullable String age) {
    if (age == null) {
      return;
    }
    Optional<TableFacts.Column> column = facts.column(age);
    if (column.isEmpty()) {
      pass.error(
          key + ".age",
          table + " has no column " + age,
          "name its date or timestamp column that says how old a row is");
    } else if (!AGE_TYPES.contains(column.get().type())) {
      pass.error(
          key + ".age",
          "column " + age + " of " + table + " is of type " + column.get().type(),
          "name a column of type date, timestamp or timestamptz");
    }
  }

  private static void checkSettled(Pass pass, String key, RootTable root) throws SQLException {
    if (root.settled() == null) {
      return;
    }
    SettledCheck check = new SettledCheck(pass.catalog());
    Optional<String> problem = check.problem(root.table(), root.settled());
    if (problem.isEmpty() && check.isVolatile(root.table(), root.settled())) {
      pass.problems()
          .add(
              PolicyProblem.warning(
                  key + ".settled",
                  "the predicate calls a volatile function or looks at the whole row, so that it may change its mind",
                  "name columns, and functions that always answer alike"));
    }
    if (problem.isPresent()) {
      pass.error(
          key + ".settled",
          "the predicate " + problem.get(),
          "write a condition over the row's own columns, for example \"status = 'done'\"; functions and types outside pg_catalog need their schema");
    }
  }

  private void checkTopics(Pass pass) {
    Map<String, TableId> seen = new HashMap<>();
    for (PolicyTable table : policy.tables()) {
      String key = "policy " + Sql.identifier(table.table().toString());
      try {
        TableId other = seen.putIfAbsent(topics.table(table.table()), table.table());
        if (other != null) {
          pass.error(
              key,
              table.table() + " would share its topic with " + other,
              "rename one of the tables, or take one out of the policy");
        }
      } catch (IllegalArgumentException e) {
        pass.error(key, String.valueOf(e.getMessage()), "shorten prefix");
      }
    }
  }
}
