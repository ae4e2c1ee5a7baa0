package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.PageRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Locks and reads one level of children of a page, and makes sure that none was missed. */
final class ChildRows {
  private static final int FETCH = 10_000;
  private static final int PAGE_ROWS = 20_000;

  private final Connection connection;
  private final AggregateTable child;
  private final TableShape shape;
  private final int aggregateRows;
  private final int pageRows;

  /**
   * @param aggregateRows most rows of one aggregate
   */
  ChildRows(Connection connection, AggregateTable child, TableShape shape, int aggregateRows) {
    this.connection = connection;
    this.child = child;
    this.shape = shape;
    this.aggregateRows = aggregateRows;
    this.pageRows = Math.max(PAGE_ROWS, aggregateRows + 1);
  }

  /**
   * Adds the children of the parents to the page. An aggregate with a child that another session
   * holds, or with too many, is kept.
   *
   * @param parents open rows, those of earlier aggregates first
   */
  void lock(LockedPage page, PageRows parents) throws SQLException {
    if (parents.rows().isEmpty()) {
      page.add(new PageRows(shape, List.of()));
      return;
    }
    int keySize = shape.key().size();
    List<LockedRow> found = new ArrayList<>();
    int[] counts = new int[parents.rows().size()];
    try (PreparedStatement query = connection.prepareStatement(locking(parents.shape()))) {
      query.setFetchSize(FETCH);
      int at = bindParents(query, parents);
      query.setInt(at, aggregateRows + 1);
      int last = 0;
      int streamed = 0;
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          int parent = rows.getInt(1) - 1;
          if (parent < last) {
            throw new IllegalStateException("children came in another order than their parents");
          }
          last = parent;
          counts[parent]++;
          int aggregate = parents.rows().get(parent).aggregate();
          if (page.grow(aggregate) > aggregateRows) {
            page.keep(aggregate, Kept.TOO_LARGE);
          } else {
            found.add(
                new LockedRow(
                    aggregate, KeySql.read(rows, 4, keySize), rows.getBytes(2), rows.getString(3)));
          }
          if (++streamed > pageRows) {
            page.cutAt(page.open(aggregate) ? aggregate : aggregate + 1);
            break;
          }
        }
      }
    }
    page.add(new PageRows(shape, found));
    countAgain(page, parents, counts);
  }

  private String locking(TableShape parent) {
    return """
        SELECT k.arc_ord::int, c.arc_digest, c.arc_place, %1$s
        FROM %2$s WITH ORDINALITY AS k (%3$s, arc_ord)
        CROSS JOIN LATERAL (
          SELECT %4$s AS arc_digest, r.ctid AS arc_place, %5$s
          FROM ONLY %6$s AS r WHERE %7$s
          LIMIT ?
          FOR UPDATE SKIP LOCKED) AS c
        """
        .formatted(
            KeySql.list(shape.key().size(), i -> "c.arc_t" + (i + 1), "", ""),
            KeySql.unnest(parent.key()),
            KeySql.names(parent.key().size()),
            RowDigest.expression("r", shape.columns()),
            KeySql.namedTexts("r", shape.keyNames()),
            shape.table().sql(),
            KeySql.matches("r", child.foreignKey(), "k"));
  }

  /** Counts the children in a new statement: what the lock skipped, or came since, is noticed. */
  private void countAgain(LockedPage page, PageRows parents, int[] counts) throws SQLException {
    String sql =
        """
        SELECT k.arc_ord::int
        FROM (SELECT * FROM %s WITH ORDINALITY AS u (%s, arc_found, arc_ord)) AS k
        CROSS JOIN LATERAL (
          SELECT count(*) AS n FROM (
            SELECT FROM ONLY %s AS r WHERE %s LIMIT ?) AS seen) AS c
        WHERE c.n <> k.arc_found
        """
            .formatted(
                KeySql.list(
                    parents.shape().key().size() + 1,
                    i ->
                        i < parents.shape().key().size()
                            ? "?::" + parents.shape().key().get(i).type() + "[]"
                            : "?::int[]",
                    "unnest(",
                    ")"),
                KeySql.names(parents.shape().key().size()),
                shape.table().sql(),
                KeySql.matches("r", child.foreignKey(), "k"));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      int at = bindParents(query, parents);
      query.setObject(at, counts);
      query.setInt(at + 1, aggregateRows + 1);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          page.keep(parents.rows().get(rows.getInt(1) - 1).aggregate(), Kept.LOCKED);
        }
      }
    }
  }

  private static int bindParents(PreparedStatement query, PageRows parents) throws SQLException {
    List<List<String>> keys = parents.rows().stream().map(LockedRow::key).toList();
    return KeySql.bind(query, 1, keys, parents.shape().key().size());
  }
}
