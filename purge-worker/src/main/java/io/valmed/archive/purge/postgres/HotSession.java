package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.cold.ColdRoots;
import io.valmed.archive.databases.cold.PlainPlans;
import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.HotCatalog;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.hot.WatchedTables;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.maintain.ClockWatch;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.HotPages;
import io.valmed.archive.purge.page.TransactionFate;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;

/** A session of the purge worker in the hot database. */
public final class HotSession implements HotPages {
  // A restore to a point in time keeps the system identifier and uses transaction ids again.
  private static final String WHICH_SERVER =
      """
      SELECT system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
      FROM pg_control_system()
      """;

  private final WatchedTables watched;
  private final PlainPlans plans = new PlainPlans();
  private final Connection connection;
  private final PurgeSettings settings;
  private final Installation installation;
  private final String origin;
  private final ZoneId ageZone;
  private final String systemId;
  private final ClockWatch watch;

  private HotSession(
      Connection connection,
      PurgeSettings settings,
      Installation installation,
      ZoneId ageZone,
      WatchedTables watched,
      String systemId,
      ClockWatch watch) {
    this.connection = connection;
    this.watched = watched;
    this.settings = settings;
    this.installation = installation;
    this.origin = settings.origin(installation.prefix(), installation.hot().oid());
    this.ageZone = ageZone;
    this.systemId = systemId;
    this.watch = watch;
  }

  /**
   * Opens the session.
   *
   * @param watch is told of hot's clock by each page
   * @throws StopException when the server is not fit for it, with what to do
   * @throws SQLException when it cannot be reached, or an earlier session of this worker still
   *     holds the origin (55P03: try again)
   */
  public static HotSession open(Settings settings, ClockWatch watch) throws SQLException {
    HotSession session = openBeside(settings, watch);
    try {
      takeName(session.connection, session.origin);
      HotReached.begin(session.connection, session.origin);
      return session;
    } catch (SQLException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Opens a further session of a worker that has its name already. */
  public static HotSession openBeside(Settings settings, ClockWatch watch) throws SQLException {
    PurgeSettings purge = settings.purge();
    Connection connection =
        DigestSession.openByKey(
            settings.hot().purger(), "archive purge " + purge.worker(), purge.transactionTimeout());
    try {
      prepare(connection, purge);
      Installation installation = new IdentityCheck(settings).hot(connection);
      String systemId = DigestSession.ask(connection, WHICH_SERVER);
      WatchedTables watched =
          new WatchedTables(
              connection, settings.capture().slot(), settings.capture().publication());
      return new HotSession(
          connection, purge, installation, settings.policy().ageZone(), watched, systemId, watch);
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  private static void prepare(Connection connection, PurgeSettings settings) throws SQLException {
    String deadlock =
        DigestSession.ask(
            connection, "SELECT setting FROM pg_settings WHERE name = 'deadlock_timeout'");
    if (settings.lockTimeout().compareTo(Duration.ofMillis(Long.parseLong(deadlock))) >= 0) {
      throw new StopException(
          "purge.lock-timeout ("
              + settings.lockTimeout().toMillis()
              + " ms) must be shorter than the hot server's deadlock_timeout ("
              + deadlock
              + " ms), so that the purge gives way before the application does; shorten it.");
    }
    if (!"origin".equals(DigestSession.ask(connection, "SHOW session_replication_role"))) {
      throw new StopException(
          "The purger's session has session_replication_role other than origin, which turns"
              + " foreign keys off; reset that setting of the role or database.");
    }
    try (Statement statement = connection.createStatement()) {
      // A root's few children are cheaper to fetch one by one.
      statement.execute("SET enable_bitmapscan = off");
      statement.execute("SET lock_timeout = " + settings.lockTimeout().toMillis());
      // A purge that a crash of hot takes back would stand in the journal as done.
      if ("off".equals(DigestSession.ask(connection, "SHOW synchronous_commit"))) {
        statement.execute("SET synchronous_commit = on");
      }
    }
  }

  /** A session that has the worker's name to itself; there may be others beside it. */
  private static void takeName(Connection connection, String origin) throws SQLException {
    try (PreparedStatement call =
        connection.prepareStatement(
            "SELECT pg_try_advisory_lock(hashtextextended(?, 0)),"
                + " EXISTS (SELECT FROM pg_replication_origin WHERE roname = ?)")) {
      call.setString(1, origin);
      call.setString(2, origin);
      try (ResultSet row = call.executeQuery()) {
        row.next();
        if (!row.getBoolean(2)) {
          throw new StopException(
              "The hot database has no replication origin "
                  + origin
                  + "; run './archive provision hot'.");
        }
        if (!row.getBoolean(1)) {
          throw new SQLException(
              "replication origin "
                  + origin
                  + " is in use by another session: one of this worker's that has not ended yet,"
                  + " or another worker of the same name",
              SqlState.LOCK_NOT_AVAILABLE);
        }
      }
    }
  }

  @Override
  public String systemId() {
    return systemId;
  }

  @Override
  public String place() {
    return DatabaseLogin.placeOf("hot", connection);
  }

  /** Whose database it is. */
  public Installation installation() {
    return installation;
  }

  /** The session's connection, for reading beside its transactions on the same thread. */
  public Connection connection() {
    return connection;
  }

  @Override
  public HotPage begin(RootTable root) throws SQLException, TableHeldException {
    List<AggregateTable> tables = AggregateTable.of(root);
    connection.setAutoCommit(false);
    try {
      lockTables(tables);
      List<TableShape> shapes = new HotCatalog(connection).read(tables);
      ReferringRows referring = ReferringRows.read(connection, tables, settings.aggregateRows());
      PageWatch page = PageWatch.begin(watched, tables);
      ColdRoots cold = ColdRoots.of(connection, root, ageZone);
      return new HotTransaction(
          connection,
          shapes,
          new WholeRoots(connection, root, shapes.get(0), cold, plans),
          new RootRows(connection, root, shapes.get(0), cold),
          referring,
          settings,
          watch,
          page,
          origin);
    } catch (SQLException | TableHeldException | RuntimeException e) {
      rollBack(e);
      throw e;
    }
  }

  private void lockTables(List<AggregateTable> tables) throws SQLException, TableHeldException {
    String names =
        tables.stream()
            .map(table -> "ONLY " + table.table().sql())
            .collect(Collectors.joining(", "));
    TableId root = tables.get(0).table();
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + names + " IN ROW EXCLUSIVE MODE");
    } catch (SQLException e) {
      switch (String.valueOf(e.getSQLState())) {
        case SqlState.LOCK_NOT_AVAILABLE ->
            throw TableHeldException.behind(root, "or a child of it is being altered");
        case SqlState.UNDEFINED_TABLE, SqlState.INVALID_SCHEMA_NAME ->
            throw TableHeldException.fault(root, "or a child of it is not in hot", e);
        case SqlState.INSUFFICIENT_PRIVILEGE ->
            throw TableHeldException.fault(
                root, "or a child of it is not granted to the purger; run provision", e);
        default -> throw e;
      }
    }
  }

  private void rollBack(Exception cause) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public TransactionFate fate(long xid, long lsn) throws SQLException {
    // A number that was given out and then lost in a crash is given out again: 'committed' may be
    // said of somebody else's transaction. The origin's progress is of ours alone.
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT pg_xact_status(?::xid8), p.progress = p.page, p.progress < p.page AND p.progress > '0/0'
            FROM (SELECT pg_replication_origin_progress(?, false) AS progress, ?::pg_lsn AS page) p
            """)) {
      query.setString(1, Long.toUnsignedString(xid));
      query.setString(2, origin);
      query.setString(3, Lsn.text(lsn));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return switch (String.valueOf(row.getString(1))) {
          case "committed" -> byProgress(row.getBoolean(2), row.getBoolean(3));
          case "aborted" -> TransactionFate.ROLLED_BACK;
          case "in progress" -> TransactionFate.RUNNING;
          default -> TransactionFate.FORGOTTEN;
        };
      }
    } catch (SQLException e) {
      // In the future: the server was put back to before it.
      if (SqlState.INVALID_PARAMETER_VALUE.equals(e.getSQLState())) {
        return TransactionFate.ROLLED_BACK;
      }
      throw e;
    }
  }

  @Override
  public TransactionFate fateAfterFailover(long xid, long lsn) throws SQLException {
    return new FateAfterFailover(connection, origin).of(xid, lsn);
  }

  @Override
  public Reached reached() throws SQLException {
    return HotReached.read(connection, origin);
  }

  /** Had the page committed, its origin could not be behind it. */
  private static TransactionFate byProgress(boolean there, boolean behind) {
    if (there) {
      return TransactionFate.COMMITTED;
    }
    return behind ? TransactionFate.ROLLED_BACK : TransactionFate.FORGOTTEN;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // The server ends the session, or has done so.
    }
  }
}
