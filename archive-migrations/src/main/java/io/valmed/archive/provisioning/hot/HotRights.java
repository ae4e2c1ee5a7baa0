package io.valmed.archive.provisioning.hot;

import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.provisioning.grant.Grants;
import io.valmed.archive.provisioning.grant.LoginRoles;
import io.valmed.archive.provisioning.step.NeededRights;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The rights that can be foreseen in hot before it is migrated, or before its tables can even be
 * read: no step can be planned then, since PostgreSQL resolves no name for such a role.
 */
final class HotRights {
  private static final String UNREADABLE =
      """
      SELECT NOT has_schema_privilege(n.oid, 'USAGE') OR NOT has_table_privilege(c.oid, 'SELECT')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?
      """;

  private final Settings settings;
  private final Query catalog;

  HotRights(Settings settings, Query catalog) {
    this.settings = settings;
    this.catalog = catalog;
  }

  /**
   * Adds what is foreseen.
   *
   * @return whether the steps can be planned, so that {@link NeededRights#toDo} knows precisely
   */
  boolean addTo(NeededRights rights, boolean migrated) throws SQLException {
    List<TableId> tables = settings.policy().tables().stream().map(PolicyTable::table).toList();
    boolean readable = true;
    for (TableId table : tables) {
      readable &= !catalog.holds(UNREADABLE, table.schema(), table.name());
    }
    if (migrated) {
      ours(rights);
    } else {
      rights.database("CREATE", "to make schema arc");
    }
    if (readable && migrated) {
      return true;
    }
    for (Step step : withoutTables(migrated)) {
      rights.toTake(step);
    }
    for (TableId table : tables) {
      rights.schema(table.schema(), "USAGE", " WITH GRANT OPTION");
      rights.schema(table.schema(), "CREATE", "");
      rights.own(table);
    }
    return false;
  }

  /** The product's own tables, which another role may have made. */
  private void ours(NeededRights rights) throws SQLException {
    for (String table : List.of("provisioned", "installation")) {
      rights.own(new TableId("arc", table));
    }
  }

  private List<Step> withoutTables(boolean migrated) throws SQLException {
    List<Step> steps = new ArrayList<>();
    LoginRoles roles = new LoginRoles(catalog);
    steps.addAll(roles.steps(settings.hot().capture(), true));
    steps.addAll(roles.steps(settings.hot().purger(), false));
    steps.addAll(
        new PurgeOrigin(catalog)
            .steps(
                settings
                    .purge()
                    .origin(settings.prefix(), DatabaseIdentity.of(catalog.connection()).oid())));
    steps.addAll(
        new PublishedTables(catalog, settings.prefix(), settings.capture().publication())
            .steps(List.of()));
    if (migrated) {
      steps.addAll(
          Grants.ofCapture(catalog, settings.hot().capture().user(), settings.prefix(), List.of()));
      steps.addAll(
          Grants.ofPurger(catalog, settings.hot().purger().user(), settings.prefix(), List.of()));
    }
    return steps;
  }
}
