package io.valmed.archive.provisioning.step;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights that the connection's role lacks for steps or for taking them back, found from the
 * catalogs alone. They are looked up by name, since PostgreSQL resolves no name in a schema that a
 * role may not use.
 */
public final class NeededRights {
  private static final Pattern GRANT =
      Pattern.compile(".*?: (.*?) ON (TABLE|SCHEMA|DATABASE|FUNCTION) (.*)", Pattern.DOTALL);
  private static final Pattern MEMBERSHIP = Pattern.compile(".*: member of (.*)", Pattern.DOTALL);
  private static final Pattern PUBLICATION =
      Pattern.compile("ALTER PUBLICATION (\".*?\") (ADD|DROP) TABLE .*", Pattern.DOTALL);
  private static final String GRANTING = " WITH GRANT OPTION";
  private static final int NAMED = 5;

  private final Query catalog;
  private final String role;
  private final boolean superuser;
  private final Map<String, Set<String>> missing = new LinkedHashMap<>();

  NeededRights(Query catalog) throws SQLException {
    this.catalog = catalog;
    this.role = Sql.identifier(catalog.text("SELECT current_user").orElseThrow());
    this.superuser = catalog.holds("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
  }

  /** What is missing, each statement once. */
  List<MissingRight> missing() {
    return missing.entrySet().stream()
        .map(entry -> new MissingRight(purposes(List.copyOf(entry.getValue())), entry.getKey()))
        .toList();
  }

  private static String purposes(List<String> all) {
    return all.size() <= NAMED
        ? String.join(", ", all)
        : String.join(", ", all.subList(0, NAMED)) + " and %d more".formatted(all.size() - NAMED);
  }

  void toDo(Todo todo) throws SQLException {
    for (Step step : todo.inTransaction()) {
      toTake(step);
    }
    for (Step step : todo.indexes()) {
      toTake(step);
    }
    for (ProvisionedRecords.Line line : todo.obsolete()) {
      toTakeBack(line);
    }
  }

  public void toTake(Step step) throws SQLException {
    if (superuser || step.done()) {
      return;
    }
    String name = step.name();
    switch (step.kind()) {
      case ROLE -> role(name, step.sql());
      case PASSWORD -> administer(name);
      case GRANT -> grant(name);
      case PUBLICATION -> database("CREATE", "to make publication " + name);
      case PUBLISHED -> {
        own(TableId.parse(name));
        publication(step.sql());
      }
      case UNPUBLISHED -> publication(step.sql());
      case REPLICA_IDENTITY -> own(TableId.parse(name));
      case INDEX -> {
        if (step.table() != null) {
          own(step.table());
        }
        schema(TableId.parse(name).schema(), "CREATE", "");
      }
      case INVALID_INDEX -> own(TableId.parse(name));
      case ORIGIN -> function("pg_catalog.pg_replication_origin_create(text)", "");
      case SLOT, PURGEABLE -> {}
    }
  }

  void toTakeBack(ProvisionedRecords.Line line) throws SQLException {
    if (superuser) {
      return;
    }
    String name = line.name();
    switch (line.kind()) {
      case "role" -> role(name, line.undo());
      case "grant" -> grant(name);
      case "replica-identity", "index" -> own(TableId.parse(name));
      case "publication" ->
          publication("ALTER PUBLICATION " + Sql.identifier(name) + " DROP TABLE .");
      case "origin" -> function("pg_catalog.pg_replication_origin_drop(text)", "");
      default -> {}
    }
  }

  /** A role that is made, changed or dropped. */
  private void role(String name, String sql) throws SQLException {
    String plain = name.replaceFirst(" (LOGIN|REPLICATION)$", "");
    if (catalog.roleExists(plain)) {
      administer(plain);
    } else if (sql.startsWith("CREATE")) {
      createRoles("to make role " + plain);
    }
    if (!sql.startsWith("DROP") && sql.replace(Sql.identifier(plain), "").contains("REPLICATION")) {
      replication("to let role " + plain + " read a replication slot, or no longer");
    }
  }

  private void administer(String name) throws SQLException {
    if (catalog.roleExists(name)) {
      createRoles("to change role " + name);
      admin(name);
    }
  }

  private void createRoles(String purpose) throws SQLException {
    need(
        catalog.holds("SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user"),
        "ALTER ROLE " + role + " CREATEROLE",
        purpose);
  }

  void replication(String purpose) throws SQLException {
    need(
        catalog.holds("SELECT rolreplication FROM pg_roles WHERE rolname = current_user"),
        "ALTER ROLE " + role + " REPLICATION",
        purpose);
  }

  /** Needs to make a group, or to make members of one that is there. */
  public void memberOf(String group) throws SQLException {
    if (catalog.roleExists(group)) {
      admin(group);
    } else {
      createRoles("to make role " + group);
    }
  }

  private void admin(String name) throws SQLException {
    need(
        catalog.holds("SELECT pg_has_role(current_user, ?, 'USAGE WITH ADMIN OPTION')", name),
        "GRANT " + Sql.identifier(name) + " TO " + role + " WITH ADMIN OPTION, INHERIT FALSE",
        "to change role " + name + " or its members");
  }

  private void grant(String name) throws SQLException {
    Matcher membership = MEMBERSHIP.matcher(name);
    Matcher grant = GRANT.matcher(name);
    if (membership.matches()) {
      if (catalog.roleExists(membership.group(1))) {
        admin(membership.group(1));
      }
    } else if (grant.matches()) {
      String object = grant.group(3);
      switch (grant.group(2)) {
        case "TABLE" -> table(TableId.parse(object), grant.group(1).replaceFirst(" .*", ""));
        case "SCHEMA" -> schema(TableId.parse(object + ".x").schema(), grant.group(1), GRANTING);
        case "DATABASE" -> database(grant.group(1) + GRANTING, "to grant it");
        default -> function(object, GRANTING);
      }
    }
  }

  /**
   * Needs a right on this database.
   *
   * @param privilege perhaps with the grant option
   */
  public void database(String privilege, String purpose) throws SQLException {
    String database = catalog.text("SELECT current_database()").orElseThrow();
    need(
        catalog.holds("SELECT has_database_privilege(current_database(), ?)", privilege),
        granting(privilege, "DATABASE " + Sql.identifier(database)),
        purpose);
  }

  /** Needs a right on the schema, if there is one. */
  public void schema(String schema, String privilege, String option) throws SQLException {
    if (catalog.holds("SELECT true FROM pg_namespace WHERE nspname = ?", schema)) {
      need(
          catalog.holds("SELECT has_schema_privilege(?, ?)", schema, privilege + option),
          granting(privilege + option, "SCHEMA " + Sql.identifier(schema)),
          option.isEmpty() ? "to make or read relations there" : "to grant it");
    }
  }

  private void function(String signature, String option) throws SQLException {
    need(
        catalog.holds("SELECT has_function_privilege(?, ?)", signature, "EXECUTE" + option),
        granting("EXECUTE" + option, "FUNCTION " + signature),
        option.isEmpty() ? "to make or drop the purge's replication origin" : "to grant it");
  }

  private String granting(String privilege, String object) {
    boolean option = privilege.endsWith(GRANTING);
    String plain =
        option ? privilege.substring(0, privilege.length() - GRANTING.length()) : privilege;
    return "GRANT " + plain + " ON " + object + " TO " + role + (option ? GRANTING : "");
  }

  private void publication(String sql) throws SQLException {
    Matcher named = PUBLICATION.matcher(sql);
    if (named.matches()) {
      need(
          catalog.holds(
              """
              SELECT coalesce(bool_and(pg_has_role(current_user, pubowner, 'USAGE')), true)
              FROM pg_publication WHERE '"' || replace(pubname, '"', '""') || '"' = ?
              """,
              named.group(1)),
          "ALTER PUBLICATION " + named.group(1) + " OWNER TO " + role,
          "to change or drop it");
    }
  }

  /** Needs to grant a right on the table, which its owner may, and who has the grant option. */
  private void table(TableId table, String privilege) throws SQLException {
    if (!catalog.holds(
        """
        SELECT has_table_privilege(c.oid, ?) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ? AND c.relname = ?
        """,
        privilege + GRANTING,
        table.schema(),
        table.name())) {
      own(table);
    }
  }

  /** Needs to be the owner of a table or index, or a member of its owner; if there is one. */
  public void own(TableId relation) throws SQLException {
    catalog
        .rows(
            row ->
                row.getBoolean(1)
                    ? "ALTER %s %s OWNER TO %s".formatted(row.getString(3), relation.sql(), role)
                    : "GRANT %s TO %s WITH INHERIT TRUE".formatted(row.getString(2), role),
            """
            SELECT r.rolsuper, quote_ident(r.rolname), CASE WHEN c.relkind = 'i' THEN 'INDEX' ELSE 'TABLE' END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
            WHERE n.nspname = ? AND c.relname = ? AND NOT pg_has_role(current_user, c.relowner, 'USAGE')
            """,
            relation.schema(),
            relation.name())
        .forEach(statement -> need(superuser, statement, "to act as the owner of " + relation));
  }

  private void need(boolean there, String statement, String purpose) {
    if (!there && !superuser) {
      missing.computeIfAbsent(statement, s -> new LinkedHashSet<>()).add(purpose);
    }
  }
}
