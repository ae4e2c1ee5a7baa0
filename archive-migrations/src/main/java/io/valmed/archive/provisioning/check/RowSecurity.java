package io.valmed.archive.provisioning.check;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Row-level security on a table of the policy: it must hide nothing from the roles that copy,
 * compare and purge. A role that may not see all rows is refused by capture, purge and verify too.
 *
 * @param readers the roles of capture and purge
 */
record RowSecurity(Query catalog, List<String> readers) {
  // As check_enable_rls() in PostgreSQL. BYPASSRLS is an attribute, which no membership gives.
  private static final String HIDDEN =
      """
      SELECT o.name, r.oid IS NOT NULL
      FROM pg_class AS c
      CROSS JOIN unnest(?::text[]) WITH ORDINALITY AS o (name, ord)
      LEFT JOIN pg_roles AS r ON r.rolname = o.name
      WHERE c.oid = to_regclass(?) AND c.relrowsecurity
      AND (r.oid IS NULL
        OR NOT (r.rolsuper OR r.rolbypassrls OR (pg_has_role(r.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity)))
      ORDER BY o.ord
      """;

  private record Reader(String role, boolean exists) {}

  RowSecurity {
    readers = readers.stream().distinct().toList();
  }

  /**
   * Adds what is wrong with the table: an error for roles that are there, a warning for those that
   * provisioning has still to make.
   */
  void check(String key, TableId table, List<PolicyProblem> problems) throws SQLException {
    List<Reader> hidden =
        catalog.rows(
            row -> new Reader(row.getString(1), row.getBoolean(2)),
            HIDDEN,
            catalog.connection().createArrayOf("text", readers.toArray()),
            table.sql());
    tell(key, table, hidden.stream().filter(Reader::exists).toList(), true, problems);
    tell(key, table, hidden.stream().filter(r -> !r.exists()).toList(), false, problems);
  }

  private static void tell(
      String key, TableId table, List<Reader> readers, boolean there, List<PolicyProblem> to) {
    if (readers.isEmpty()) {
      return;
    }
    String problem =
        table
            + " has row-level security, which would hide rows from "
            + readers.stream().map(Reader::role).collect(Collectors.joining(" and "));
    String statements =
        readers.stream()
            .map(r -> "'ALTER ROLE " + Sql.identifierIfNeeded(r.role()) + " BYPASSRLS'")
            .collect(Collectors.joining(" and "));
    to.add(
        there
            ? PolicyProblem.error(
                key,
                problem,
                "run "
                    + statements
                    + " in hot as a superuser, disable it on this table, or take the table out of the policy")
            : PolicyProblem.warning(
                key,
                problem,
                "run "
                    + statements
                    + " in hot as a superuser once provisioning has made the roles"));
  }
}
