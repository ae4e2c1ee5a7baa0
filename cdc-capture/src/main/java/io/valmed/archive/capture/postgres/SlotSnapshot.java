package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.Catalog;
import io.valmed.archive.capture.PassedBeats;
import io.valmed.archive.capture.SnapshotSource;
import io.valmed.archive.capture.start.WholeTables;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.RowImage;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.DatabaseLogin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Hot as the new slot's exported snapshot sees it, read by {@code COPY}: values come as hot's
 * output functions write them, as they do in the stream.
 */
public final class SlotSnapshot implements SnapshotSource {
  private static final String NOW =
      "SELECT (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint";

  private final Connection connection;
  private final String slot;
  private final long lsn;
  private final long takenAtMicros;
  private @Nullable CopyOut copy;
  private int columns;

  private SlotSnapshot(Connection connection, String slot, long lsn, long takenAtMicros) {
    this.connection = connection;
    this.slot = slot;
    this.lsn = lsn;
    this.takenAtMicros = takenAtMicros;
  }

  /**
   * Creates the slot and locks the tables. Waits for the transactions that are under way in hot,
   * and says so in the log.
   *
   * @throws TimeoutException when a table was rewritten in between; the slot exists then
   * @throws SQLException when hot refuses, or cannot be reached; the slot may exist then
   */
  public static SlotSnapshot create(DatabaseLogin hot, String slot, Collection<TableId> tables)
      throws SQLException, TimeoutException {
    SlotWait wait = SlotWait.watch(hot, slot);
    try (Connection replication = new ReplicationLogin(hot).connect();
        Statement statement = replication.createStatement();
        ResultSet created = statement.executeQuery(creation(replication, slot))) {
      created.next();
      long lsn = Lsn.parse(created.getString("consistent_point"));
      // The exported snapshot lives as long as this connection is idle.
      return read(hot, slot, lsn, created.getString("snapshot_name"), tables);
    } finally {
      wait.stop();
    }
  }

  /** Standbys may keep copies of it where the server's version has such a thing. */
  private static String creation(Connection replication, String slot) throws SQLException {
    boolean copied =
        replication.getMetaData().getDatabaseMajorVersion() >= HotInspection.FAILOVER_SINCE;
    return "CREATE_REPLICATION_SLOT %s LOGICAL pgoutput (SNAPSHOT 'export'%s)"
        .formatted(Sql.identifier(slot), copied ? ", FAILOVER true" : "");
  }

  private static SlotSnapshot read(
      DatabaseLogin hot, String slot, long lsn, String snapshot, Collection<TableId> tables)
      throws SQLException, TimeoutException {
    Connection connection = HotSession.open(hot, "valmed-archive capture snapshot");
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      connection.setAutoCommit(false);
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      statement.execute("SET TRANSACTION SNAPSHOT " + Sql.literal(snapshot));
      new WholeTables(connection).lock(tables);
      try (ResultSet now = statement.executeQuery(NOW)) {
        now.next();
        return new SlotSnapshot(connection, slot, lsn, now.getLong(1));
      }
    } catch (SQLException | TimeoutException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public long lsn() {
    return lsn;
  }

  @Override
  public long takenAtMicros() {
    return takenAtMicros;
  }

  @Override
  public Catalog.@Nullable Description describe(TableId table) throws SQLException {
    return new TableDescriptions(connection).of(table);
  }

  @Override
  public void open(TableId table, List<String> names) throws SQLException {
    columns = names.size();
    copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut(
                "COPY (SELECT %s FROM ONLY %s%s) TO STDOUT"
                    .formatted(Sql.identifiers(names), table.sql(), own(table)));
  }

  /** The heartbeat has a row for each slot; those of others are other installations'. */
  private String own(TableId table) {
    return table.equals(PassedBeats.TABLE) ? " WHERE slot = " + Sql.literal(slot) : "";
  }

  @Override
  public @Nullable RowImage next() throws SQLException {
    CopyOut open = copy;
    if (open == null) {
      throw new IllegalStateException("no table is open");
    }
    byte[] row = open.readFromCopy();
    if (row == null) {
      copy = null;
      return null;
    }
    return new RowImage(CopyText.values(row, columns));
  }

  @Override
  public void close() {
    try {
      // A COPY under way is not read to its end: the connection is cut.
      connection.abort(Runnable::run);
      connection.close();
    } catch (SQLException e) {
      // Nothing is lost: the transaction only read.
    }
  }
}
