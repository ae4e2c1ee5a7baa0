package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.AggregateTable;
import io.valmed.archive.purge.HotPage;
import io.valmed.archive.purge.LockedPage;
import io.valmed.archive.purge.LockedRow;
import io.valmed.archive.purge.PageRequest;
import io.valmed.archive.purge.PageRows;
import io.valmed.archive.purge.TableHeldException;
import io.valmed.archive.purge.TableShape;
import io.valmed.archive.purge.UnprovenDeleteException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** One page's transaction. */
final class HotTransaction implements HotPage {
  private final Connection connection;
  private final List<AggregateTable> tables;
  private final List<TableShape> shapes;
  private final RootRows roots;
  private final int aggregateRows;
  private boolean over;

  HotTransaction(
      Connection connection,
      List<AggregateTable> tables,
      List<TableShape> shapes,
      RootRows roots,
      int aggregateRows) {
    this.connection = connection;
    this.tables = tables;
    this.shapes = List.copyOf(shapes);
    this.roots = roots;
    this.aggregateRows = aggregateRows;
  }

  @Override
  public List<TableShape> shapes() {
    return shapes;
  }

  @Override
  public Locked lock(PageRequest request) throws SQLException, TableHeldException {
    RootRows.Found found = roots.lock(request);
    LockedPage page = found.page();
    boolean end = request instanceof PageRequest.Next next && page.looked() < next.roots();
    if (page.openCount() == 0) {
      return new Locked(page, end, found.ages(), 0, 0);
    }
    roots.checkAgain(page);
    roots.read(page);
    for (int i = 1; i < tables.size(); i++) {
      AggregateTable child = tables.get(i);
      PageRows parents = page.tables().get(child.parent()).only(page::open);
      new ChildRows(connection, child, shapes.get(i), aggregateRows).lock(page, parents);
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text")) {
      row.next();
      return new Locked(
          page,
          end,
          found.ages(),
          Long.parseUnsignedLong(row.getString(1)),
          Lsn.parse(row.getString(2)));
    }
  }

  @Override
  public void delete(List<PageRows> proven) throws SQLException {
    // Constraints that were declared deferrable must speak now, not in the answer to COMMIT.
    // Without the origin's LSN and time the departure would carry the year 2000.
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
      statement.execute(
          "SELECT pg_replication_origin_xact_setup(pg_current_wal_insert_lsn(), clock_timestamp())");
    }
    long[] before = deletedSoFar();
    for (int i = proven.size() - 1; i >= 0; i--) {
      PageRows rows = proven.get(i);
      int deleted = rows.rows().isEmpty() ? 0 : delete(rows);
      if (deleted != rows.rows().size()) {
        throw new UnprovenDeleteException(rows.shape().table(), rows.rows().size(), deleted);
      }
    }
    long[] after = deletedSoFar();
    for (int i = 0; i < proven.size(); i++) {
      int rows = proven.get(i).rows().size();
      if (after[i] - before[i] != rows) {
        throw new UnprovenDeleteException(
            proven.get(i).shape().table(), rows, after[i] - before[i]);
      }
    }
  }

  private int delete(PageRows rows) throws SQLException {
    TableShape shape = rows.shape();
    String sql =
        "DELETE FROM ONLY %s AS r USING %s AS k (%s) WHERE %s"
            .formatted(
                shape.table().sql(),
                KeySql.unnest(shape.key()),
                KeySql.names(shape.key().size()),
                KeySql.matches("r", shape.keyNames(), "k"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      List<List<String>> keys = rows.rows().stream().map(LockedRow::key).toList();
      KeySql.bind(statement, 1, keys, shape.key().size());
      return statement.executeUpdate();
    }
  }

  /**
   * Rows that this session has deleted from each table, cascades and triggers included: what the
   * answers to our own DELETEs do not tell.
   */
  private long[] deletedSoFar() throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT pg_stat_get_xact_tuples_deleted(t.name::regclass)
            FROM unnest(?::text[]) WITH ORDINALITY AS t (name, ord) ORDER BY t.ord
            """)) {
      query.setString(
          1,
          KeySql.arrayLiteral(shapes.stream().map(TableShape::table).map(TableId::sql).toList()));
      long[] deleted = new long[shapes.size()];
      try (ResultSet rows = query.executeQuery()) {
        for (int i = 0; rows.next(); i++) {
          deleted[i] = rows.getLong(1);
        }
      }
      return deleted;
    }
  }

  @Override
  public void commit() throws SQLException {
    over = true;
    connection.commit();
    connection.setAutoCommit(true);
  }

  @Override
  public void close() throws SQLException {
    if (!over) {
      over = true;
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
