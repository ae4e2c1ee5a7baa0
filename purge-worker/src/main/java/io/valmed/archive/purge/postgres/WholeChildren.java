package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.Sql;
import io.valmed.archive.purge.AggregateTable;
import io.valmed.archive.purge.TableShape;
import io.valmed.archive.purge.WholeRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks and reads one level of children of a whole page in one statement, and counts them in
 * another. Whatever is not as plain as that is left to {@link ChildRows}.
 */
final class WholeChildren {
  private final Connection connection;
  private final AggregateTable child;
  private final TableShape shape;
  private final int mostRows;

  /**
   * @param mostRows of more rows on one page nothing is read
   */
  WholeChildren(Connection connection, AggregateTable child, TableShape shape, int mostRows) {
    this.connection = connection;
    this.child = child;
    this.shape = shape;
    this.mostRows = mostRows;
  }

  /**
   * The children.
   *
   * @param mostOfOne how many the parent with the most of them has
   */
  record Found(WholeRows rows, int mostOfOne) {}

  /** Locks and reads all children of the parents; null: one is not to be had, or they are many. */
  @Nullable Found lock(WholeRows parents) throws SQLException {
    if (parents.count() == 0) {
      return new Found(
          new WholeRows(shape, 0, Collections.nCopies(shape.key().size(), "{}"), "\\x", "{}"), 0);
    }
    @Nullable WholeRows rows = read(parents);
    return rows == null ? null : countAgain(parents, rows);
  }

  private @Nullable WholeRows read(WholeRows parents) throws SQLException {
    String sql =
        """
        SELECT count(*)::int, coalesce(string_agg(c.arc_digest, ''), '')::text, coalesce(array_agg(c.arc_place), '{}')::text, %s
        FROM (
          SELECT %s AS arc_digest, r.ctid AS arc_place, %s
          FROM %s
          LIMIT ?
          FOR UPDATE OF r SKIP LOCKED) AS c
        """
            .formatted(
                KeySql.list(shape.key().size(), "coalesce(array_agg(c.arc_t%d), '{}')::text"),
                RowDigest.expression("r", shape.columns()),
                KeySql.namedTexts("r", shape.keyNames()),
                ofParents(parents.shape()));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setInt(bindParents(query, parents), mostRows + 1);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1) > mostRows ? null : KeySql.wholeRows(row, shape);
      }
    }
  }

  /** Counts the children in a new statement: what the lock skipped, or came since, is noticed. */
  private @Nullable Found countAgain(WholeRows parents, WholeRows rows) throws SQLException {
    String sql =
        """
        SELECT coalesce(sum(c.n), 0), coalesce(max(c.n), 0)
        FROM (SELECT count(*) AS n FROM %s GROUP BY %s) AS c
        """
            .formatted(ofParents(parents.shape()), KeySql.columns("r", child.foreignKey()));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      int unused = bindParents(query, parents);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1) == rows.count() ? new Found(rows, row.getInt(2)) : null;
      }
    }
  }

  /** The FROM clause: one walk through the index where the foreign key has one column. */
  private String ofParents(TableShape parent) {
    String table = "ONLY " + shape.table().sql() + " AS r";
    if (parent.key().size() == 1) {
      return "%s WHERE r.%s = ANY (?::%s[])"
          .formatted(table, Sql.identifier(child.foreignKey().get(0)), parent.key().get(0).type());
    }
    return "%s AS k (%s) JOIN %s ON %s"
        .formatted(
            KeySql.unnest(parent.key()),
            KeySql.names(parent.key().size()),
            table,
            KeySql.matches("r", child.foreignKey(), "k"));
  }

  private static int bindParents(PreparedStatement query, WholeRows parents) throws SQLException {
    List<String> keys = parents.keys();
    for (int i = 0; i < keys.size(); i++) {
      query.setObject(i + 1, keys.get(i), Types.OTHER);
    }
    return keys.size() + 1;
  }
}
