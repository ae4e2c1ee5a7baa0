package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.capture.schema.TableTrouble;
import io.valmed.archive.capture.schema.TableVersions;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.model.topic.TopicNames;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Finds each row's {@link Route}; notices when a table has changed. */
public final class Routes {
  private final TopicNames topics;
  private final Map<TableId, PolicyTable> tables = new HashMap<>();
  private final Catalog catalog;
  private final TableVersions versions;
  private final Parking parking;
  private final int epoch;
  private final Map<TableId, Known> known = new HashMap<>();
  private @Nullable Known last;

  /** The newest description of a name, and the way of its rows; null: not a captured table. */
  private record Known(StreamedTable table, @Nullable Route route) {}

  public Routes(
      TopicNames topics,
      List<PolicyTable> tables,
      Catalog catalog,
      TableVersions versions,
      Parking parking,
      int epoch) {
    this.topics = topics;
    tables.forEach(table -> this.tables.put(table.table(), table));
    this.catalog = catalog;
    this.versions = versions;
    this.parking = parking;
    this.epoch = epoch;
  }

  /**
   * The way of the table's rows; null: not a captured table.
   *
   * @param place where the row stands that asks
   * @throws SQLException when hot cannot be asked for the table's description
   */
  public @Nullable Route of(StreamedTable table, Place place) throws SQLException {
    @Nullable Known found = last;
    if (found == null || found.table() != table) {
      found = known.get(table.id());
      if (found == null || found.table() != table) {
        found = new Known(table, find(table, place));
        known.put(table.id(), found);
      }
      last = found;
    }
    return found.route();
  }

  private @Nullable Route find(StreamedTable table, Place place) throws SQLException {
    @Nullable PolicyTable policy = policyOf(table);
    if (policy == null) {
      return null;
    }
    @Nullable Description now = catalog.describe(table.relation());
    @Nullable String reason = parking.reason(policy.table());
    if (reason == null) {
      @Nullable TableSchema newest = versions.newest(policy.table());
      String happened = TableTrouble.inStream(policy, newest, table, now);
      if (happened == null) {
        return route(policy, table.columns(), now, false);
      }
      reason = parking.park(policy.table(), happened, place);
    }
    return parked(policy, table, now, reason);
  }

  /** The policy's table that this is, by its oid, or, where that is not known, by its name. */
  private @Nullable PolicyTable policyOf(StreamedTable table) {
    for (PolicyTable policy : tables.values()) {
      @Nullable TableSchema newest = versions.newest(policy.table());
      if (newest != null && newest.relation() == table.relation()) {
        return policy;
      }
    }
    return tables.get(table.id());
  }

  /** Parks a table because of what a row of it shows, and gives the way of that row. */
  public ParkedRoute park(StreamedTable table, String happened, Place place) throws SQLException {
    PolicyTable policy = policyOf(table);
    if (policy == null) {
      throw new IllegalArgumentException(table.id() + " is not captured");
    }
    String reason = parking.park(policy.table(), happened, place);
    ParkedRoute route = parked(policy, table, catalog.describe(table.relation()), reason);
    last = new Known(table, route);
    known.put(table.id(), last);
    return route;
  }

  /** The route of a snapshot's rows. */
  public TableRoute snapshot(TableId table, List<String> columns, Description description)
      throws SQLException {
    PolicyTable policy = tables.get(table);
    if (policy == null) {
      throw new IllegalArgumentException(table + " is not captured");
    }
    return route(policy, columns, description, true);
  }

  private TableRoute route(
      PolicyTable policy, List<String> columns, @Nullable Description now, boolean copied)
      throws SQLException {
    TableSchema schema = versions.versionOf(policy, columns, now, copied);
    return new TableRoute(
        topics.table(policy.table()),
        new ChangeWriter(topics.prefix(), schema),
        policy.role().purgeable(),
        TableRoute.headers(schema, epoch),
        now == null ? Set.of() : now.required());
  }

  private ParkedRoute parked(
      PolicyTable policy, StreamedTable table, @Nullable Description now, String reason) {
    @Nullable TableSchema newest = versions.newest(policy.table());
    List<Header> headers = new ArrayList<>();
    headers.add(Route.header(RecordHeaders.TABLE, policy.table().toString()));
    headers.add(Route.header(RecordHeaders.REASON, reason));
    headers.add(Route.header(RecordHeaders.EPOCH, epoch));
    if (newest != null && newest.columnNames().equals(table.columns())) {
      headers.add(Route.header(RecordHeaders.VERSION, newest.version()));
    }
    return new ParkedRoute(
        topics.prefix(), policy, table, hidden(policy, newest, table, now), headers);
  }

  /** An excluded column may have another name by now: what might be one is left out. */
  private static Set<String> hidden(
      PolicyTable policy,
      @Nullable TableSchema newest,
      StreamedTable table,
      @Nullable Description now) {
    Set<String> hidden = new HashSet<>(policy.exclude());
    if (!hidden.isEmpty()) {
      hidden.addAll(TableTrouble.unknown(newest, table, now));
      for (String name : table.columns()) {
        ColumnSchema column = now == null ? null : now.column(name);
        if (column != null && newest != null && newest.excluded().contains(column.number())) {
          hidden.add(name);
        }
      }
    }
    return hidden;
  }
}
