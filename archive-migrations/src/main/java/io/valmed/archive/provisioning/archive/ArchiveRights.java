package io.valmed.archive.provisioning.archive;

import io.valmed.archive.model.TableId;
import io.valmed.archive.provisioning.grant.LoginRoles;
import io.valmed.archive.provisioning.step.NeededRights;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rights that can be foreseen in the archive: functions of the migrator make mirror and cold
 * store when the sink first hears of a table, and would fail then.
 */
final class ArchiveRights {
  private static final List<String> GROUPS =
      List.of("arc_sink_group", "arc_purger_group", "arc_reader_group");

  private final Settings settings;
  private final Query catalog;

  ArchiveRights(Settings settings, Query catalog) {
    this.settings = settings;
    this.catalog = catalog;
  }

  void addTo(NeededRights rights, boolean migrated) throws SQLException {
    Set<String> schemas = new TreeSet<>();
    settings.policy().tables().stream()
        .map(table -> table.table())
        .forEach(table -> add(schemas, table));
    for (String schema : schemas) {
      if (catalog.holds("SELECT true FROM pg_namespace WHERE nspname = ?", schema)) {
        rights.schema(schema, "CREATE", "");
      } else {
        rights.database("CREATE", "to make schema " + schema);
      }
    }
    if (migrated) {
      rights.own(new TableId("arc", "provisioned"));
      rights.own(new TableId("arc", "installation"));
      return;
    }
    rights.database("CREATE", "to make schema arc");
    for (String group : GROUPS) {
      rights.memberOf(group);
    }
    ArchiveSettings archive = settings.archive();
    LoginRoles roles = new LoginRoles(catalog);
    for (var login : List.of(archive.sink(), archive.purger(), archive.reader())) {
      for (Step step : roles.steps(login, false)) {
        rights.toTake(step);
      }
    }
  }

  private static void add(Set<String> schemas, TableId table) {
    schemas.add(table.schema());
    schemas.add(table.cold().schema());
  }
}
