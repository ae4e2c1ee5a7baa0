package io.valmed.archive.capture;

import io.valmed.archive.model.ChangeWriter;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.RecordHeaders;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.TopicNames;
import io.valmed.archive.runtime.StopException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds each row's {@link TableRoute}; notices when a table's columns have changed. */
final class Routes {
  private final TopicNames topics;
  private final Map<TableId, PolicyTable> tables = new HashMap<>();
  private final Catalog catalog;
  private final TableVersions versions;
  private final int epoch;
  private final Map<TableId, Known> known = new HashMap<>();
  private @Nullable Known last;

  private record Known(StreamedTable table, TableRoute route) {}

  Routes(
      TopicNames topics,
      List<PolicyTable> tables,
      Catalog catalog,
      TableVersions versions,
      int epoch) {
    this.topics = topics;
    tables.forEach(table -> this.tables.put(table.table(), table));
    this.catalog = catalog;
    this.versions = versions;
    this.epoch = epoch;
  }

  /**
   * The route of the table's rows; null: not a captured table.
   *
   * @throws SQLException when hot cannot be asked for the table's description
   */
  @Nullable TableRoute of(StreamedTable table) throws SQLException {
    @Nullable Known found = last;
    if (found == null || found.table() != table) {
      found = known.get(table.id());
      if (found == null || found.table() != table) {
        if (!tables.containsKey(table.id())) {
          return null;
        }
        Catalog.Description description = catalog.describe(table.id());
        refuseWithoutFullImages(table.id(), description);
        found = new Known(table, of(table.id(), table.columns(), description));
        known.put(table.id(), found);
      }
      last = found;
    }
    return found.route();
  }

  /** A change of the replica identity makes hot describe the table anew before its next change. */
  private static void refuseWithoutFullImages(TableId table, Catalog.Description description) {
    if (!description.columns().isEmpty() && !description.fullImages()) {
      throw new StopException(
          "Table "
              + table
              + " has not REPLICA IDENTITY FULL any more, so rows would leave hot without their last"
              + " image. Run './archive provision hot' and './archive capture --new-epoch'.");
    }
  }

  /** The route of rows with these columns. */
  TableRoute of(TableId table, List<String> columns, Catalog.Description description) {
    PolicyTable policy = tables.get(table);
    if (policy == null) {
      throw new IllegalArgumentException(table + " is not captured");
    }
    TableSchema schema = versions.versionOf(table, columns, description);
    return new TableRoute(
        topics.table(table),
        new ChangeWriter(topics.prefix(), schema),
        policy.role().purgeable(),
        List.of(
            TableRoute.header(RecordHeaders.VERSION, schema.version()),
            TableRoute.header(RecordHeaders.EPOCH, epoch)));
  }

  List<TableId> tables() {
    return List.copyOf(tables.keySet());
  }
}
