package io.valmed.archive.capture;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.SchemaRecord.TableVersion;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest version of each table; a new one is written to the log before its first use. */
final class TableVersions {
  private final Map<TableId, TableSchema> newest;
  private final ChangeLog log;
  private final PurgeHolds holds;

  TableVersions(Map<TableId, TableSchema> newest, ChangeLog log, PurgeHolds holds) {
    this.newest = new HashMap<>(newest);
    this.log = log;
    this.holds = holds;
  }

  /**
   * The version that has these columns, made from the catalog's description if the newest one has
   * others.
   *
   * @param columns the captured columns in the order of the rows' values
   */
  TableSchema versionOf(TableId table, List<String> columns, Catalog.Description description) {
    @Nullable TableSchema known = newest.get(table);
    TableSchema wanted = describe(table, columns, description, known);
    if (known != null && known.sameShape(wanted)) {
      return known;
    }
    if (known != null) {
      holdIfOldRowsMayDiffer(known, wanted, description);
    }
    log.schema(new TableVersion(wanted));
    newest.put(table, wanted);
    return wanted;
  }

  private static TableSchema describe(
      TableId table,
      List<String> columns,
      Catalog.Description description,
      @Nullable TableSchema known) {
    List<ColumnSchema> described = new ArrayList<>();
    for (String name : columns) {
      described.add(describe(name, description, known));
    }
    List<String> key =
        known != null && !columns.containsAll(description.key()) ? known.key() : description.key();
    return new TableSchema(table, known == null ? 1 : known.version() + 1, described, key);
  }

  /**
   * The rows may be older than the catalog: a column that has been dropped meanwhile is described
   * as it was known, or as text, which holds every value.
   */
  private static ColumnSchema describe(
      String name, Catalog.Description description, @Nullable TableSchema known) {
    for (ColumnSchema column : description.columns()) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    int index = known == null ? -1 : known.indexOf(name);
    return known != null && index >= 0
        ? known.columns().get(index)
        : new ColumnSchema(name, "text", "unknown", null);
  }

  /** Added columns with a default that the catalog tells are filled by the sink; all else holds. */
  private void holdIfOldRowsMayDiffer(
      TableSchema known, TableSchema wanted, Catalog.Description description) {
    List<String> worries = new ArrayList<>();
    if (!known.key().equals(wanted.key())) {
      worries.add("its primary key changed");
    }
    for (ColumnSchema column : wanted.columns()) {
      int before = known.indexOf(column.name());
      if (before < 0 && description.unclear().contains(column.name())) {
        worries.add("column " + column.name() + " was added with values in old rows");
      } else if (before >= 0 && !known.columns().get(before).hotType().equals(column.hotType())) {
        worries.add("column " + column.name() + " changed its type");
      }
    }
    boolean dropped =
        known.columns().stream().anyMatch(column -> wanted.indexOf(column.name()) < 0);
    boolean added = wanted.columns().stream().anyMatch(column -> known.indexOf(column.name()) < 0);
    if (dropped && added) {
      worries.add("columns went and others came, which a rename does");
    }
    if (!worries.isEmpty()) {
      holds.hold(
          wanted.table().toString(),
          "Table %s has version %d: %s; compare its old rows (./archive verify) before purging."
              .formatted(wanted.table(), wanted.version(), String.join(", ", worries)));
    }
  }
}
