package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.ReferringKey;
import io.valmed.archive.databases.hot.ReferringKeys;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.PageRows;
import io.valmed.archive.purge.page.WholeRows;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks, behind the locks, for rows that refer to a page's rows and do not go with them, so that no
 * delete is tried that a foreign key refuses: a refusal is an error in hot's log, and costs the
 * page. Nobody can add a reference to a locked row. Tables that the purger may not read are left to
 * the refusal.
 */
final class ReferringRows {
  private final Connection connection;
  private final List<TableId> names;
  private final List<ReferringKey> keys;
  private final int aggregateRows;

  private ReferringRows(
      Connection connection,
      List<AggregateTable> tables,
      List<ReferringKey> keys,
      int aggregateRows) {
    this.connection = connection;
    this.names = tables.stream().map(AggregateTable::table).toList();
    this.keys = keys;
    this.aggregateRows = aggregateRows;
  }

  /**
   * Reads which foreign keys there are.
   *
   * @param aggregateRows most rows of one aggregate
   * @throws TableHeldException when rows that refer to one could only be found by reading a table
   */
  static ReferringRows read(Connection connection, List<AggregateTable> tables, int aggregateRows)
      throws SQLException, TableHeldException {
    List<ReferringKey> keys = new ArrayList<>();
    for (ReferringKey key :
        ReferringKeys.to(connection, tables.stream().map(AggregateTable::table).toList())) {
      @Nullable String fault = key.fault();
      if (fault != null) {
        throw TableHeldException.fault(tables.get(key.referred()).table(), fault);
      }
      if (key.readable() && !ofPolicy(tables, key)) {
        keys.add(key);
      }
    }
    return new ReferringRows(connection, tables, keys, aggregateRows);
  }

  /** By which a child belongs to its parent: all of them are on the page. */
  private static boolean ofPolicy(List<AggregateTable> tables, ReferringKey key) {
    return tables.stream()
        .anyMatch(
            child ->
                child.parent() == key.referred()
                    && child.table().equals(key.table())
                    && Set.copyOf(child.foreignKey())
                        .equals(Set.copyOf(key.columns().referring())));
  }

  /** Whether any row that is not on the page refers to one that is. */
  boolean any(List<WholeRows> page) throws SQLException {
    for (ReferringKey key : keys) {
      WholeRows referred = page.get(key.referred());
      int own = names.indexOf(key.table());
      String sql =
          """
          SELECT EXISTS (
            SELECT FROM ONLY %s AS t JOIN ONLY %s AS f ON %s
            WHERE t.ctid = ANY (?::tid[])%s)
          """
              .formatted(
                  names.get(key.referred()).sql(),
                  key.table().sql(),
                  key.matches("t", "f"),
                  own < 0 ? "" : " AND f.ctid NOT IN (SELECT unnest(?::tid[]))");
      try (PreparedStatement query = connection.prepareStatement(sql)) {
        query.setObject(1, referred.places(), Types.OTHER);
        if (own >= 0) {
          query.setObject(2, page.get(own).places(), Types.OTHER);
        }
        try (ResultSet row = query.executeQuery()) {
          row.next();
          if (row.getBoolean(1)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Keeps the aggregates that rows which stay refer to. */
  void keep(LockedPage page) throws SQLException {
    for (ReferringKey key : keys) {
      keep(page, key);
    }
    page.keepReferenced();
  }

  private void keep(LockedPage page, ReferringKey key) throws SQLException {
    Map<String, Integer> referred = places(page.openRows().get(key.referred()));
    if (referred.isEmpty()) {
      return;
    }
    int own = names.indexOf(key.table());
    Map<String, Integer> referring = own < 0 ? Map.of() : places(page.openRows().get(own));
    int most = own < 0 ? 1 : aggregateRows + 1;
    String sql =
        """
        SELECT t.ctid::text, f.place::text FROM ONLY %s AS t
        CROSS JOIN LATERAL (SELECT %s AS place FROM ONLY %s AS f WHERE %s LIMIT ?) AS f
        WHERE t.ctid = ANY (?::tid[])
        """
            .formatted(
                names.get(key.referred()).sql(),
                // Who may read the columns alone may not ask where the row is.
                own < 0 ? "NULL::tid" : "f.ctid",
                key.table().sql(),
                key.matches("t", "f"));
    Map<Integer, Integer> seen = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setInt(1, most);
      query.setObject(2, TextArray.write(List.copyOf(referred.keySet())), Types.OTHER);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          @Nullable Integer aggregate = referred.get(rows.getString(1));
          if (aggregate == null) {
            continue;
          }
          @Nullable Integer referrer = own < 0 ? null : referring.get(rows.getString(2));
          if (referrer == null || seen.merge(aggregate, 1, Integer::sum) > aggregateRows) {
            page.keep(aggregate, Kept.REFERENCED);
          } else if (!referrer.equals(aggregate)) {
            page.refersTo(aggregate, referrer);
          }
        }
      }
    }
  }

  private static Map<String, Integer> places(PageRows rows) {
    Map<String, Integer> places = new HashMap<>();
    for (LockedRow row : rows.rows()) {
      places.put(row.place(), row.aggregate());
    }
    return places;
  }
}
