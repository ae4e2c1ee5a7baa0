package io.valmed.archive.capture.schema;

import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest version of each table; a new one is written to the log before its first use. Written
 * by one thread, read by any.
 */
public final class TableVersions {
  private final Map<TableId, TableSchema> newest;
  private final ChangeLog log;
  private final PurgeHolds holds;
  private final int floor;

  /**
   * @param floor versions of tables that are not known count from above it
   */
  public TableVersions(
      Map<TableId, TableSchema> newest, ChangeLog log, PurgeHolds holds, int floor) {
    this.newest = new ConcurrentHashMap<>(newest);
    this.log = log;
    this.holds = holds;
    this.floor = floor;
  }

  /** The table's newest version; null: none yet. */
  public @Nullable TableSchema newest(TableId table) {
    return newest.get(table);
  }

  /**
   * The version that has these columns, made from the catalog's description if the newest one has
   * others.
   *
   * @param columns the captured columns in the order of the rows' values
   * @param now the table in hot now; null: it was dropped meanwhile
   * @param copied whether all rows are being copied, so that none is older than the version
   * @throws SQLException when a hold cannot be put down
   */
  public TableSchema versionOf(
      PolicyTable policy, List<String> columns, @Nullable Description now, boolean copied)
      throws SQLException {
    TableId table = policy.table();
    @Nullable TableSchema known = newest.get(table);
    TableSchema wanted = describe(policy, columns, now, known);
    if (known != null && known.sameShape(wanted)) {
      return known;
    }
    if (known != null && known.relation() == wanted.relation() && !copied) {
      List<String> worries = OldRows.worries(known, wanted, now);
      if (!worries.isEmpty()) {
        holds.hold(table.toString(), told(wanted, worries));
      }
    }
    log.schema(new TableVersion(wanted));
    newest.put(table, wanted);
    return wanted;
  }

  private static String told(TableSchema wanted, List<String> worries) {
    return "Table %s has version %d: %s; rows from before may differ in the archive. Run './archive capture --new-epoch', then './archive verify'."
        .formatted(wanted.table(), wanted.version(), String.join(", ", worries));
  }

  private TableSchema describe(
      PolicyTable policy,
      List<String> columns,
      @Nullable Description now,
      @Nullable TableSchema known) {
    List<ColumnSchema> described = new ArrayList<>();
    for (String name : columns) {
      described.add(describe(name, now, known));
    }
    List<String> key = now == null || !columns.containsAll(now.key()) ? List.of() : now.key();
    if (key.isEmpty() && known != null) {
      key = known.key();
    }
    long relation = now != null ? now.relation() : known == null ? 0 : known.relation();
    int version = known == null ? floor + 1 : known.version() + 1;
    return new TableSchema(
        policy.table(), version, described, key, relation, excluded(policy, now, known));
  }

  /**
   * The rows may be older than the catalog: a column that has been dropped meanwhile is described
   * as it was known, or as text, which holds every value.
   */
  private static ColumnSchema describe(
      String name, @Nullable Description now, @Nullable TableSchema known) {
    ColumnSchema column = now == null ? null : now.column(name);
    if (column != null) {
      return column;
    }
    int index = known == null ? -1 : known.indexOf(name);
    return known != null && index >= 0
        ? known.columns().get(index)
        : new ColumnSchema(name, "text", "unknown", null);
  }

  private static List<Integer> excluded(
      PolicyTable policy, @Nullable Description now, @Nullable TableSchema known) {
    if (now == null) {
      return known == null ? List.of() : known.excluded();
    }
    return now.columns().stream()
        .filter(column -> policy.exclude().contains(column.name()))
        .map(ColumnSchema::number)
        .toList();
  }
}
