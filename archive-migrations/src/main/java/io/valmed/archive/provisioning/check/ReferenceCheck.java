package io.valmed.archive.provisioning.check;

import io.valmed.archive.databases.hot.ReferringKey;
import io.valmed.archive.databases.hot.ReferringKeys;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.List;

/** Foreign keys: a child must have its own, and no other may change rows when a purge deletes. */
final class ReferenceCheck {
  private final Query catalog;
  private final Policy policy;
  private final List<PolicyProblem> problems;

  ReferenceCheck(Query catalog, Policy policy, List<PolicyProblem> problems) {
    this.catalog = catalog;
    this.policy = policy;
    this.problems = problems;
  }

  /**
   * Checks the keys that refer to a purgeable table.
   *
   * @param key the table's path in the settings
   * @param parentKey its primary key
   * @param children its children in the policy
   */
  void check(String key, TableId parent, List<String> parentKey, List<ChildTable> children)
      throws SQLException {
    List<ForeignKey> keys = ForeignKey.into(catalog, parent);
    for (ChildTable child : children) {
      checkChild(key + ".children." + child.table(), parent, parentKey, child, keys);
    }
    for (ForeignKey foreign : keys) {
      boolean own =
          children.stream().anyMatch(c -> foreign.joins(c.table(), c.foreignKey(), parentKey));
      if (!own) {
        checkForeign(key, parent, foreign);
      }
    }
    checkIndexes(key, parent);
  }

  /** Until they are mended the purge holds the table: each delete would read a whole table. */
  private void checkIndexes(String key, TableId parent) throws SQLException {
    for (ReferringKey referring : ReferringKeys.to(catalog.connection(), List.of(parent))) {
      String fault = referring.fault();
      if (fault != null) {
        int fix = fault.indexOf("; ");
        problems.add(
            PolicyProblem.warning(
                key,
                "%s %s; its purge is held until then".formatted(parent, fault.substring(0, fix)),
                fault.substring(fix + 2)));
      }
    }
  }

  private void checkChild(
      String key, TableId parent, List<String> parentKey, ChildTable child, List<ForeignKey> keys)
      throws SQLException {
    String columns = String.join(", ", child.foreignKey());
    String wanted =
        "(%s) of %s refers to (%s) of %s"
            .formatted(columns, child.table(), String.join(", ", parentKey), parent);
    ForeignKey found =
        keys.stream()
            .filter(k -> k.joins(child.table(), child.foreignKey(), parentKey))
            .findFirst()
            .orElse(null);
    if (found == null) {
      problems.add(
          PolicyProblem.error(
              key,
              "no foreign key by which " + wanted,
              "name the child's columns in the order of the parent's primary key, or add the foreign key"));
    } else if (!found.valid()) {
      problems.add(
          PolicyProblem.error(
              key,
              "foreign key " + found.name() + " of " + child.table() + " is NOT VALID",
              "run ALTER TABLE " + child.table() + " VALIDATE CONSTRAINT " + found.name()));
    }
    if (found != null && !isIndexed(child)) {
      problems.add(
          PolicyProblem.warning(
              key,
              "no index of %s begins with (%s), so every page of a purge reads the whole table, and so does each delete of its parent"
                  .formatted(child.table(), columns),
              "run CREATE INDEX CONCURRENTLY ON %s (%s)"
                  .formatted(child.table().sql(), Sql.identifiers(child.foreignKey()))));
    }
  }

  private boolean isIndexed(ChildTable child) throws SQLException {
    return catalog.holds(
        """
        SELECT EXISTS (
          SELECT FROM pg_index i
          WHERE i.indrelid = to_regclass(?) AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts >= cardinality(w.columns)
          AND (SELECT array_agg(a.attname::text) FROM unnest((i.indkey::int2[])[0:cardinality(w.columns) - 1]) AS k (attnum)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) @> w.columns)
        FROM (SELECT string_to_array(?, E'\\x01') AS columns) AS w
        """,
        child.table().sql(),
        String.join("\u0001", child.foreignKey()));
  }

  private void checkForeign(String key, TableId parent, ForeignKey foreign) {
    String what = "foreign key %s of %s".formatted(foreign.name(), foreign.table());
    if (foreign.changesRows()) {
      problems.add(
          PolicyProblem.error(
              key,
              "%s has %s, so a purge of %s would change rows that nobody has proven"
                  .formatted(what, foreign.deletion(), parent),
              "make that table a child of this one in the policy, or the key ON DELETE NO ACTION"));
      return;
    }
    boolean known = policy.find(foreign.table()).map(PolicyTable::role).isPresent();
    problems.add(
        PolicyProblem.warning(
            key,
            "%s refers to %s%s; rows that it refers to are reported as referenced and stay"
                .formatted(what, parent, known ? "" : ", and is not in the policy"),
            "nothing, or make that table a child of this one in the policy"));
  }
}
