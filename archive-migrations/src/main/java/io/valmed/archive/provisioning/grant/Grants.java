package io.valmed.archive.provisioning.grant;

import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Rights that a role does not have yet by whatever way; only those are granted, and revoked. */
public final class Grants {
  private static final String ORIGIN_FUNCTIONS =
      """
      SELECT oid::regprocedure::text FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN (
        'pg_replication_origin_session_setup', 'pg_replication_origin_session_reset',
        'pg_replication_origin_session_is_setup', 'pg_replication_origin_xact_setup',
        'pg_replication_origin_progress')
      ORDER BY 1
      """;

  // Revoking a right on a table takes those on its columns along.
  private static final String OWN_COLUMNS =
      """
      SELECT quote_ident(a.attname) || CASE WHEN x.is_grantable THEN ' grantable' ELSE '' END
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) AS x
      WHERE c.oid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped AND x.grantor = c.relowner
      AND x.privilege_type = ? AND x.grantee = (SELECT oid FROM pg_roles WHERE rolname = ?)
      ORDER BY a.attnum
      """;

  private static final String COLUMNS =
      """
      SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
      """;

  private final Query catalog;
  private final String role;
  private final String prefix;
  private final List<Step> steps = new ArrayList<>();

  private Grants(Query catalog, String role, String prefix) {
    this.catalog = catalog;
    this.role = role;
    this.prefix = prefix;
  }

  /** What capture needs in hot. */
  public static List<Step> ofCapture(
      Query catalog, String role, String prefix, List<PolicyTable> tables) throws SQLException {
    Grants grants = new Grants(catalog, role, prefix);
    grants.database("CONNECT");
    grants.schemas(tables);
    for (PolicyTable table : tables) {
      grants.table(table.table(), "SELECT");
    }
    grants.productTables();
    grants.table(new TableId("arc", "heartbeat"), "INSERT");
    grants.table(new TableId("arc", "heartbeat"), "UPDATE");
    grants.table(new TableId("arc", "purge_hold"), "INSERT");
    grants.table(new TableId("arc", "parked_table"), "INSERT");
    grants.table(new TableId("arc", "parked_table"), "UPDATE");
    grants.function("arc.end_capture_holds(text,text,boolean)");
    return grants.steps;
  }

  /**
   * What the purge worker needs in hot: UPDATE of the key is what FOR UPDATE asks for. Of a table
   * with excluded columns it reads the others alone. Capture needs whole tables: its publication
   * has no column lists, and its snapshot is to read what the stream carries.
   */
  public static List<Step> ofPurger(
      Query catalog, String role, String prefix, List<PolicyTable> tables) throws SQLException {
    Grants grants = new Grants(catalog, role, prefix);
    grants.database("CONNECT");
    grants.schemas(tables);
    for (PolicyTable table : tables) {
      if (table.exclude().isEmpty()) {
        grants.table(table.table(), "SELECT");
      } else {
        grants.archivedColumns(table);
      }
      if (table.role().purgeable()) {
        grants.table(table.table(), "DELETE");
        grants.columns(table.table(), PrimaryKeys.of(catalog.connection(), table.table()).names());
      }
    }
    grants.productTables();
    grants.table(new TableId("arc", "purge_hold"), "INSERT");
    grants.table(new TableId("arc", "purge_hold"), "UPDATE");
    for (String function : catalog.texts(ORIGIN_FUNCTIONS)) {
      grants.function("pg_catalog." + function);
    }
    return grants.steps;
  }

  /** What a service's role needs in the archive: its group, and the database. */
  public static List<Step> inArchive(Query catalog, String role, String group, boolean temporary)
      throws SQLException {
    Grants grants = new Grants(catalog, role, "");
    grants.database("CONNECT");
    if (temporary) {
      grants.database("TEMPORARY");
    }
    grants.membership(group);
    return grants.steps;
  }

  private void productTables() throws SQLException {
    grant("USAGE", "SCHEMA arc", has("has_schema_privilege(oid, 'arc', 'USAGE')"));
    String tables =
        """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'arc'::regnamespace AND relkind IN ('r', 'v') ORDER BY relname
        """;
    for (String table : catalog.texts(tables)) {
      table(new TableId("arc", table), "SELECT");
    }
  }

  private void schemas(List<PolicyTable> tables) throws SQLException {
    for (String schema : tables.stream().map(t -> t.table().schema()).distinct().toList()) {
      grant(
          "USAGE",
          "SCHEMA " + Sql.identifier(schema),
          has("has_schema_privilege(oid, ?, 'USAGE')", schema));
    }
  }

  private void database(String privilege) throws SQLException {
    String database = catalog.text("SELECT current_database()").orElseThrow();
    grant(
        privilege,
        "DATABASE " + Sql.identifier(database),
        has("has_database_privilege(oid, current_database(), ?)", privilege));
  }

  private void table(TableId table, String privilege) throws SQLException {
    String object = "TABLE " + table.sql();
    StringBuilder undo = new StringBuilder(revoke(privilege, object));
    for (String column : catalog.texts(OWN_COLUMNS, table.sql(), privilege, role)) {
      if (!recorded(role + ": " + privilege + " (" + quoted(column) + ") ON " + object)) {
        undo.append("; ").append(columnAgain(table, privilege, column));
      }
    }
    grant(
        privilege,
        privilege,
        object,
        undo.toString(),
        has("has_table_privilege(oid, ?, ?)", table.sql(), privilege));
  }

  /** Grants what the role had on a column, unless the column has been dropped since. */
  private String columnAgain(TableId table, String privilege, String column) {
    String name = plain(column);
    return "DO "
        + Sql.literal(
            "BEGIN GRANT %s (%s) ON TABLE %s TO %s%s; EXCEPTION WHEN undefined_column THEN NULL; END"
                .formatted(
                    privilege,
                    name,
                    table.sql(),
                    Sql.identifier(role),
                    column.equals(name) ? "" : " WITH GRANT OPTION"));
  }

  private static String plain(String column) {
    return column.replaceFirst(" grantable$", "");
  }

  /** The column as the names of steps have it: {@code quote_ident} quotes only where it must. */
  private static String quoted(String column) {
    String name = plain(column);
    return name.startsWith("\"") ? name : Sql.identifier(name);
  }

  /**
   * A grant for each column, so that one that is excluded later is revoked alone. A right on the
   * whole table that provisioning had given before is taken back with all that it covers, so then
   * every column is granted.
   */
  private void archivedColumns(PolicyTable policy) throws SQLException {
    TableId table = policy.table();
    String object = "TABLE " + table.sql();
    boolean whole = recorded(role + ": SELECT ON " + object);
    List<String> own =
        catalog.texts(OWN_COLUMNS, table.sql(), "SELECT", role).stream()
            .map(Grants::quoted)
            .toList();
    for (String column : catalog.texts(COLUMNS, table.sql())) {
      if (!policy.exclude().contains(column)) {
        String wanted = "SELECT (" + Sql.identifier(column) + ")";
        grant(
            wanted,
            wanted,
            object,
            revoke(wanted, object),
            whole
                ? own.contains(Sql.identifier(column))
                : has("has_column_privilege(oid, ?, ?, 'SELECT')", table.sql(), column));
      }
    }
  }

  /** Whether this installation has given the right. */
  private boolean recorded(String grant) throws SQLException {
    return catalog.holds(
        "SELECT true FROM arc.provisioned WHERE kind = ? AND name = ? AND prefix IN ('', ?)",
        StepKind.GRANT.word(),
        grant,
        prefix);
  }

  private void columns(TableId table, List<String> columns) throws SQLException {
    List<String> missing = new ArrayList<>();
    for (String column : columns) {
      if (!has("has_column_privilege(oid, ?, ?, 'UPDATE')", table.sql(), column)) {
        missing.add(column);
      }
    }
    String object = "TABLE " + table.sql();
    String wanted = "UPDATE (" + Sql.identifiers(missing.isEmpty() ? columns : missing) + ")";
    grant(
        "UPDATE (" + Sql.identifiers(columns) + ")",
        wanted,
        object,
        revoke(wanted, object),
        missing.isEmpty());
  }

  private void function(String signature) throws SQLException {
    grant(
        "EXECUTE",
        "FUNCTION " + signature,
        has("has_function_privilege(oid, ?, 'EXECUTE')", signature));
  }

  private void membership(String group) throws SQLException {
    String groupSql = Sql.identifier(group);
    String roleSql = Sql.identifier(role);
    steps.add(
        Step.of(
            StepKind.GRANT,
            role + ": member of " + group,
            "GRANT " + groupSql + " TO " + roleSql,
            "REVOKE " + groupSql + " FROM " + roleSql,
            has("pg_has_role(oid, ?, 'USAGE')", group)));
  }

  private void grant(String privilege, String object, boolean done) {
    grant(privilege, privilege, object, revoke(privilege, object), done);
  }

  private void grant(String name, String privilege, String object, String undo, boolean done) {
    steps.add(
        Step.of(
            StepKind.GRANT,
            role + ": " + name + " ON " + object,
            "GRANT " + privilege + " ON " + object + " TO " + Sql.identifier(role),
            undo,
            done));
  }

  private String revoke(String privilege, String object) {
    return "REVOKE " + privilege + " ON " + object + " FROM " + Sql.identifier(role);
  }

  private boolean has(String expression, String... arguments) throws SQLException {
    Object[] all = new Object[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = role;
    return catalog.holds("SELECT " + expression + " FROM pg_roles WHERE rolname = ?", all);
  }
}
