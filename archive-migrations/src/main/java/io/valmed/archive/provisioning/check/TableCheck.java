package io.valmed.archive.provisioning.check;

import io.valmed.archive.databases.hot.LargeObjects;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What any table of the policy must be: an ordinary, logged table with a primary key. */
final class TableCheck {
  private final Query catalog;
  private final List<PolicyProblem> problems;
  private final RowSecurity rowSecurity;

  TableCheck(Query catalog, List<PolicyProblem> problems, RowSecurity rowSecurity) {
    this.catalog = catalog;
    this.rowSecurity = rowSecurity;
    this.problems = problems;
  }

  /**
   * Checks one table.
   *
   * @param key the table's path in the settings
   */
  void check(String key, TableId table, TableFacts facts) throws SQLException {
    checkKind(key, table, facts);
    @Nullable String fault = facts.primaryKey().fault();
    if (facts.key().isEmpty()) {
      error(
          key,
          table + " has no primary key, so its rows cannot be told apart",
          "add one, or take the table out of the policy");
    } else if (fault != null) {
      int fix = fault.indexOf("; ");
      error(key, table + " " + fault.substring(0, fix), fault.substring(fix + 2));
    }
    rowSecurity.check(key, table, problems);
    checkColumns(key, table, facts);
    checkSchema(key, table);
  }

  /** A purgeable table must lose exactly the rows that are deleted, and nothing else happens. */
  void checkPurgeable(
      String key, TableId table, List<String> plainNumbers, List<TableFacts.Column> largeObjects)
      throws SQLException {
    for (TableFacts.Column column : largeObjects) {
      if (!plainNumbers.contains(column.name())) {
        String fault = LargeObjects.fault(column.name(), column.type());
        int fix = fault.indexOf("; ");
        error(key, table + " " + fault.substring(0, fix), fault.substring(fix + 2));
      }
    }
    List<String> triggers =
        catalog.texts(
            """
            SELECT tgname FROM pg_trigger
            WHERE tgrelid = to_regclass(?) AND NOT tgisinternal AND tgtype & 8 <> 0 AND tgenabled IN ('O', 'A')
            ORDER BY tgname
            """,
            table.sql());
    for (String trigger : triggers) {
      error(
          key,
          "trigger " + trigger + " on " + table + " fires on DELETE, so it would at each purge",
          "drop or disable it, or let it fire on other events only");
    }
    List<String> rules =
        catalog.texts(
            "SELECT rulename FROM pg_rewrite WHERE ev_class = to_regclass(?) AND ev_type = '4' ORDER BY 1",
            table.sql());
    for (String rule : rules) {
      error(key, "rule " + rule + " on " + table + " rewrites DELETE", "drop it");
    }
  }

  private void checkKind(String key, TableId table, TableFacts facts) {
    String kind =
        switch (facts.kind()) {
          case "r" -> "";
          case "p" -> "a partitioned table";
          case "v" -> "a view";
          case "m" -> "a materialized view";
          case "f" -> "a foreign table";
          default -> "not a table";
        };
    if (facts.partition()) {
      kind = "a partition";
    } else if (facts.inherits() && facts.kind().equals("r")) {
      kind = "part of an inheritance tree";
    } else if (facts.persistence().equals("u")) {
      kind = "unlogged, so its changes are not in the WAL";
    } else if (facts.persistence().equals("t")) {
      kind = "a temporary table";
    }
    if (!kind.isEmpty()) {
      error(
          key,
          table + " is " + kind,
          "only ordinary, logged tables can be archived; take it out of the policy");
    }
  }

  private void checkColumns(String key, TableId table, TableFacts facts) {
    for (TableFacts.Column column : facts.columns()) {
      if (column.name().startsWith("arc_")) {
        error(
            key,
            "column " + column.name() + " of " + table + " begins with arc_",
            "rename it; such names are the product's own in the archive");
      }
      if (column.generated().equals("v")) {
        error(
            key,
            "column "
                + column.name()
                + " of "
                + table
                + " is generated and virtual: with REPLICA IDENTITY FULL every UPDATE of the application would fail",
            "make it STORED, or take the table out of the policy");
      }
    }
  }

  private void checkSchema(String key, TableId table) {
    String schema = table.schema();
    if (List.of("arc", "arc_kept", "history", "information_schema").contains(schema)
        || schema.endsWith("_cold")
        || schema.startsWith("pg_")) {
      error(
          key,
          "schema " + schema + " cannot be archived",
          "arc, arc_kept, history and names that end with _cold are the product's own; move the table");
    }
  }

  private void error(String key, String problem, String fix) {
    problems.add(PolicyProblem.error(key, problem, fix));
  }
}
