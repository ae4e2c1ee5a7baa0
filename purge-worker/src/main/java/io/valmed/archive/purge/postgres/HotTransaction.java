package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.purge.maintain.ClockReading;
import io.valmed.archive.purge.maintain.ClockWatch;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.PageRows;
import io.valmed.archive.purge.page.ProvenRows;
import io.valmed.archive.purge.page.WholePage;
import io.valmed.archive.purge.page.WholeRows;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.settings.PurgeSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page's transaction. */
final class HotTransaction implements HotPage {
  // Of one table: what is read at once must fit into little memory, in either server as well.
  private static final int WHOLE_PAGE_ROWS = 20_000;

  private final Connection connection;
  private final List<AggregateTable> tables;
  private final List<TableShape> shapes;
  private final WholeRoots wholeRoots;
  private final RootRows roots;
  private final ReferringRows referring;
  private final PurgeSettings settings;
  private final ClockWatch watch;
  private final PageWatch watched;
  private final String originName;
  private long xid;
  private long lsn;
  private boolean over;
  private boolean underOrigin;

  HotTransaction(
      Connection connection,
      List<TableShape> shapes,
      WholeRoots wholeRoots,
      RootRows roots,
      ReferringRows referring,
      PurgeSettings settings,
      ClockWatch watch,
      PageWatch watched,
      String originName) {
    this.connection = connection;
    this.originName = originName;
    this.tables = watched.tables();
    this.watched = watched;
    this.shapes = List.copyOf(shapes);
    this.wholeRoots = wholeRoots;
    this.roots = roots;
    this.referring = referring;
    this.settings = settings;
    this.watch = watch;
  }

  @Override
  public List<TableShape> shapes() {
    return shapes;
  }

  @Override
  public int epoch() {
    return watched.epoch();
  }

  @Override
  public void checkWatched() throws SQLException, TableHeldException {
    watched.check();
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
    roots.keepYoungChildren(page);
    referring.keep(page);
    readPlace();
    return new Locked(page, end, found.ages(), xid, lsn);
  }

  @Override
  public @Nullable WholePage lockWhole(PageRequest.Next request)
      throws SQLException, TableHeldException {
    try {
      return lockPlain(request);
    } catch (SQLException e) {
      if (SqlState.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        return null;
      }
      throw e;
    }
  }

  private @Nullable WholePage lockPlain(PageRequest.Next request)
      throws SQLException, TableHeldException {
    WholeRoots.@Nullable Found found = wholeRoots.lock(request);
    if (found == null) {
      return null;
    }
    List<WholeRows> all = new ArrayList<>(tables.size());
    all.add(found.rows());
    for (int i = 1; i < tables.size(); i++) {
      @Nullable WholeRows rows = children(i).lock(all.get(tables.get(i).parent()));
      if (rows == null) {
        return null;
      }
      all.add(rows);
    }
    if (!smallEnough(all) || wholeRoots.youngChildren(found.rows()) || referring.any(all)) {
      return null;
    }
    readPlace();
    return new WholePage(all, found.end(), found.last(), xid, lsn);
  }

  private WholeChildren children(int table) {
    return new WholeChildren(connection, tables.get(table), shapes.get(table), WHOLE_PAGE_ROWS);
  }

  /** Whether no aggregate can be larger than allowed. */
  private boolean smallEnough(List<WholeRows> all) throws SQLException {
    if (all.stream().mapToInt(WholeRows::count).sum() <= settings.aggregateRows()) {
      return true;
    }
    // How many rows of each table one aggregate can have at the most, and of all of them.
    long[] most = new long[tables.size()];
    most[0] = 1;
    long size = 1;
    for (int i = 1; i < tables.size(); i++) {
      int parent = tables.get(i).parent();
      long rows = most[parent] * children(i).mostOfOne(all.get(parent));
      most[i] = Math.min(rows, all.get(i).count());
      size += most[i];
    }
    return size <= settings.aggregateRows();
  }

  /**
   * The transaction's number, the end of WAL behind its locks and hot's clock. Once only: pages are
   * locked one after the other, and a second look at the same rows, beside the locks of the next
   * page, could find the same end as that.
   */
  private void readPlace() throws SQLException, TableHeldException {
    if (lsn != 0) {
      return;
    }
    long before = System.nanoTime();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text, "
                    + DatabaseClocks.NOW)) {
      row.next();
      long after = System.nanoTime();
      watch.check(tables.get(0).table(), ClockReading.of(row.getLong(3), before, after));
      lsn = Lsn.parse(row.getString(2));
      xid = Long.parseUnsignedLong(row.getString(1));
    }
  }

  @Override
  public void delete(List<ProvenRows> proven) throws SQLException {
    takeOrigin();
    new PageDelete(connection, proven).run();
  }

  private void takeOrigin() throws SQLException {
    // Only one session can be under an origin, so it is taken for the delete alone. Without LSN and
    // time the departure would carry the year 2000; by the LSN recovery knows that this very page
    // has committed. Constraints that were declared deferrable
    // must speak now, not in the answer to COMMIT.
    String origin = Sql.literal(originName);
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
      if (SqlState.OBJECT_IN_USE.equals(e.getSQLState())) {
        throw new SQLException(
            "replication origin " + originName + " is still in use by another session",
            SqlState.CANNOT_CONNECT_NOW,
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
