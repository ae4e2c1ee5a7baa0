package io.valmed.archive.capture.debezium;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.PostgresTaskContext;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.StopException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables as hot announced them in the stream, each by its oid: what the decoder is given for a
 * schema. It tells of each announcement here and asks here for the table of each row right before
 * it hands the row on, so that a row's table is known by more than a name, which a table may lose
 * to another. The decoder asks for and tells nothing else. Used by the stream's thread alone.
 */
final class AnnouncedTables extends PostgresSchema {
  private final Map<io.valmed.archive.model.TableId, Set<String>> excluded;
  private final Map<Integer, AnnouncedTable> tables = new HashMap<>();
  private ReplicaIdentities identities = new ReplicaIdentities();
  private @Nullable AnnouncedTable asked;

  /**
   * @param policy the captured tables, with the columns that are left out
   */
  @SuppressWarnings("NullAway") // what would build the connector's schemas is never asked to
  AnnouncedTables(
      Configuration configuration, PostgresConnectorConfig connector, List<PolicyTable> policy) {
    super(new PostgresTaskContext(configuration, connector) {}, null, null, null, null);
    this.excluded =
        policy.stream()
            .collect(Collectors.toMap(PolicyTable::table, table -> Set.copyOf(table.exclude())));
  }

  /** Learns of the identities that stand in the stream, before it is read. */
  void announcedWith(ReplicaIdentities seen) {
    identities = seen;
  }

  /** The name in the form that the decoder writes it in. */
  static io.valmed.archive.model.TableId named(String quoted) {
    TableId id = parse(quoted);
    return new io.valmed.archive.model.TableId(id.schema(), id.table());
  }

  /** The table of the row that the decoder hands on. */
  AnnouncedTable asked(String quoted) {
    AnnouncedTable table = asked;
    if (table == null || !table.quoted().equals(quoted)) {
      throw new StopException(
          "The connector handed on a row of a table that hot had not announced; this is a fault of"
              + " the product.");
    }
    return table;
  }

  @Override
  public void applySchemaChangesForTable(int relationId, Table table) {
    TableId id = table.id();
    Set<String> hidden =
        excluded.getOrDefault(
            new io.valmed.archive.model.TableId(id.schema(), id.table()), Set.of());
    tables.put(
        relationId, new AnnouncedTable(relationId, table, hidden, identities.full(relationId)));
  }

  @Override
  public @Nullable Table tableFor(int relationId) {
    AnnouncedTable found = tables.get(relationId);
    asked = found;
    return found == null ? null : found.table();
  }

  /** Asked for a table without a key alone: whether it had one before. */
  @Override
  public @Nullable Table tableFor(TableId id) {
    return null;
  }
}
