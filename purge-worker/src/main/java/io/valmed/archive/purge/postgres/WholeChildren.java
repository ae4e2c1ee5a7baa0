package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.purge.page.WholeRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks and reads one level of children of a whole page in one statement. Whatever is not as plain
 * as that is left to {@link ChildRows}.
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
   * Locks and reads all children of the parents. None can come after that: a foreign key takes a
   * lock on its parent, and the parents are locked.
   *
   * @return null: there are too many
   * @throws SQLException 55P03, when another session holds one of them
   */
  @Nullable WholeRows lock(WholeRows parents) throws SQLException {
    if (parents.count() == 0) {
      return new WholeRows(shape, 0, Collections.nCopies(shape.key().size(), "{}"), "\\x", "{}");
    }
    String sql =
        """
        SELECT count(*)::int, coalesce(string_agg(c.arc_digest, ''), '')::text, coalesce(array_agg(c.arc_place), '{}')::text, %s
        FROM (
          SELECT %s AS arc_digest, r.ctid AS arc_place, %s
          FROM %s
          LIMIT ?
          FOR UPDATE OF r NOWAIT) AS c
        """
            .formatted(
                KeySql.arraysOfTexts("c", shape.key()),
                RowDigest.expression("r", shape.columns()),
                KeySql.namedTexts("r", shape.keyNames()),
                ofParents(parents.shape()));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setInt(bindParents(query, parents), mostRows + 1);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1) > mostRows ? null : WholeRoots.wholeRows(row, shape);
      }
    }
  }

  /** How many children the parent with the most of them has. */
  long mostOfOne(WholeRows parents) throws SQLException {
    if (parents.count() == 0) {
      return 0;
    }
    String sql =
        """
        SELECT coalesce(max(c.n), 0)
        FROM (SELECT count(*) AS n FROM %s GROUP BY %s) AS c
        """
            .formatted(ofParents(parents.shape()), KeySql.columns("r", child.foreignKey()));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      int unused = bindParents(query, parents);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
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
