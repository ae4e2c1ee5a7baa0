package io.valmed.archive.provisioning.hot;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.provisioning.check.PolicyProblem;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which installation purges a table: one alone, and then no other may archive it, whose archive
 * would see rows leave that it has not proven. Tables for reference may be in several.
 */
final class TableOwners {
  private static final String PURGED_BY =
      "SELECT prefix FROM arc.provisioned WHERE kind = ? AND name = ? AND prefix NOT IN ('', ?) ORDER BY prefix LIMIT 1";
  private static final String PUBLISHED_BY =
      """
      SELECT i.prefix FROM arc.installation i JOIN pg_publication_tables t ON t.pubname = i.publication
      WHERE t.schemaname = ? AND t.tablename = ? AND i.prefix <> ? ORDER BY i.prefix LIMIT 1
      """;

  private final Query catalog;
  private final String prefix;

  TableOwners(Query catalog, String prefix) {
    this.catalog = catalog;
    this.prefix = prefix;
  }

  List<PolicyProblem> problems(List<PolicyTable> tables) throws SQLException {
    List<PolicyProblem> problems = new ArrayList<>();
    for (PolicyTable policy : tables) {
      TableId table = policy.table();
      Optional<String> purger =
          catalog.text(PURGED_BY, StepKind.PURGEABLE.word(), table.toString(), prefix);
      Optional<String> other =
          purger.isPresent() || !policy.role().purgeable()
              ? purger
              : catalog.text(PUBLISHED_BY, table.schema(), table.name(), prefix);
      if (other.isPresent()) {
        problems.add(
            PolicyProblem.error(
                "policy",
                table
                    + (purger.isPresent() ? " is purged by" : " is archived by")
                    + " installation "
                    + other.get()
                    + " of this database, and a table that is purged belongs to one installation",
                "take it out of one of the policies and run './archive provision hot' there first"));
      }
    }
    return problems;
  }

  /** Records that this installation purges the tables. */
  List<Step> steps(List<PolicyTable> tables) throws SQLException {
    List<Step> steps = new ArrayList<>();
    for (PolicyTable policy : tables) {
      if (policy.role().purgeable()) {
        String name = policy.table().toString();
        boolean done =
            catalog.holds(
                "SELECT true FROM arc.provisioned WHERE prefix = ? AND kind = ? AND name = ?",
                prefix,
                StepKind.PURGEABLE.word(),
                name);
        steps.add(Step.of(StepKind.PURGEABLE, name, "SELECT", "SELECT", done));
      }
    }
    return steps;
  }
}
