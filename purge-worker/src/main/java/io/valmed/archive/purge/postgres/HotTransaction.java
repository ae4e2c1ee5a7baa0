package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
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
import io.valmed.archive.runtime.settings.PurgeSettings;
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
  private final PurgeSettings settings;
  private long lsn;
  private boolean over;
  private boolean underOrigin;

  HotTransaction(
      Connection connection,
      List<AggregateTable> tables,
      List<TableShape> shapes,
      RootRows roots,
      PurgeSettings settings) {
    this.connection = connection;
    this.tables = tables;
    this.shapes = List.copyOf(shapes);
    this.roots = roots;
    this.settings = settings;
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
    roots.read(page);
    for (int i = 1; i < tables.size(); i++) {
      AggregateTable child = tables.get(i);
      PageRows parents = page.tables().get(child.parent()).only(page::open);
      new ChildRows(connection, child, shapes.get(i), settings.aggregateRows()).lock(page, parents);
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text")) {
      row.next();
      lsn = Lsn.parse(row.getString(2));
      return new Locked(page, end, found.ages(), Long.parseUnsignedLong(row.getString(1)), lsn);
    }
  }

  @Override
  public void delete(List<PageRows> proven) throws SQLException {
    takeOrigin();
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

  private void takeOrigin() throws SQLException {
    // Only one session can be under an origin, so it is taken for the delete alone. Without LSN and
    // time the departure would carry the year 2000; by the LSN recovery knows that this very page
    // has committed. Constraints that were declared deferrable
    // must speak now, not in the answer to COMMIT.
    String origin = Sql.literal(settings.origin());
    underOrigin = true;
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          SELECT pg_replication_origin_session_setup(%s);
          SELECT pg_replication_origin_xact_setup(%s, clock_timestamp());
          SET CONSTRAINTS ALL IMMEDIATE
          """
              .formatted(origin, Sql.literal(Lsn.text(lsn))));
    } catch (SQLException e) {
      if ("55006".equals(e.getSQLState())) {
        throw new SQLException(
            "replication origin " + settings.origin() + " is still in use by another session",
            "57P03",
            e);
      }
      throw e;
    }
  }

  private void leaveOrigin() throws SQLException {
    if (underOrigin) {
      underOrigin = false;
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SELECT pg_replication_origin_session_reset()"
                + " WHERE pg_replication_origin_session_is_setup()");
      }
    }
  }

  // By key and place: the place spares the index, the key makes sure.
  private int delete(PageRows rows) throws SQLException {
    TableShape shape = rows.shape();
    String sql =
        "DELETE FROM ONLY %s AS r USING %s AS k (arc_place, %s) WHERE r.ctid = k.arc_place AND %s"
            .formatted(
                shape.table().sql(),
                KeySql.unnestPlaces(shape.key()),
                KeySql.names(shape.key().size()),
                KeySql.matches("r", shape.keyNames(), "k"));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      List<List<String>> keys = rows.rows().stream().map(LockedRow::key).toList();
      List<String> places = rows.rows().stream().map(LockedRow::place).toList();
      KeySql.bindPlaces(statement, places, keys, shape.key().size());
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
    leaveOrigin();
  }

  @Override
  public void close() throws SQLException {
    if (!over) {
      over = true;
      connection.rollback();
      connection.setAutoCommit(true);
      leaveOrigin();
    }
  }
}
