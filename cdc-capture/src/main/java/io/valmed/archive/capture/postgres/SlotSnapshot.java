package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.phase.SnapshotSource;
import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.capture.start.WholeTables;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
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
 * Hot as a new slot's exported snapshot sees it, read by {@code COPY}: values come as hot's output
 * functions write them, as they do in the stream.
 */
public final class SlotSnapshot implements SnapshotSource {
  private static final String NOW =
      "SELECT (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint, pg_current_snapshot()::text";

  /** All slots of the server are in use. */
  private static final String NO_SLOT_FREE = "53400";

  private static final int LONGEST_NAME = 63;
  private static final String BESIDE = "_epoch";

  /** When it was taken, and what it shows. */
  private record Seen(long takenAtMicros, ShownTransactions transactions) {}

  private final Connection connection;
  private final String slot;
  private final long lsn;
  private final Seen seen;
  private @Nullable CopyOut copy;
  private int columns;

  private SlotSnapshot(Connection connection, String slot, long lsn, Seen seen) {
    this.connection = connection;
    this.slot = slot;
    this.lsn = lsn;
    this.seen = seen;
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
    return create(hot, slot, new NewSlot(slot, false), tables);
  }

  /**
   * Takes a snapshot of a moment of which the slot, which exists, has not been read yet, by a slot
   * of its own that lives for that long alone; and locks the tables. Waits as {@link #create} does.
   *
   * @throws StopException when hot has no slot to give away
   * @throws TimeoutException when a table was rewritten in between
   * @throws SQLException when hot refuses, or cannot be reached
   */
  public static SlotSnapshot beside(DatabaseLogin hot, String slot, Collection<TableId> tables)
      throws SQLException, TimeoutException {
    String name = slot.substring(0, Math.min(slot.length(), LONGEST_NAME - BESIDE.length()));
    try {
      return create(hot, slot, new NewSlot(name + BESIDE, true), tables);
    } catch (SQLException e) {
      if (NO_SLOT_FREE.equals(e.getSQLState())) {
        throw new StopException(
            "All of hot's replication slots are in use, and a new epoch needs one more than %s for a moment. Drop a slot that nobody needs, or raise max_replication_slots and restart hot; then start capture again."
                .formatted(slot),
            e);
      }
      throw e;
    }
  }

  /**
   * @param temporary whether it goes with its session
   */
  private record NewSlot(String name, boolean temporary) {
    /** Standbys may keep copies of it where the server's version has such a thing. */
    String creation(Connection replication) throws SQLException {
      boolean copied =
          !temporary
              && replication.getMetaData().getDatabaseMajorVersion()
                  >= HotInspection.FAILOVER_SINCE;
      return "CREATE_REPLICATION_SLOT %s%s LOGICAL pgoutput (SNAPSHOT 'export'%s)"
          .formatted(
              Sql.identifier(name), temporary ? " TEMPORARY" : "", copied ? ", FAILOVER true" : "");
    }
  }

  private static SlotSnapshot create(
      DatabaseLogin hot, String slot, NewSlot made, Collection<TableId> tables)
      throws SQLException, TimeoutException {
    SlotWait wait = SlotWait.watch(hot, made.name());
    try (Connection replication = new ReplicationLogin(hot).connect();
        Statement statement = replication.createStatement();
        ResultSet created = statement.executeQuery(made.creation(replication))) {
      created.next();
      long lsn = Lsn.parse(created.getString("consistent_point"));
      // The exported snapshot lives as long as this connection is idle.
      return read(hot, slot, lsn, created.getString("snapshot_name"), tables);
    } finally {
      wait.stop();
    }
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
        Seen seen = new Seen(now.getLong(1), ShownTransactions.parse(now.getString(2)));
        return new SlotSnapshot(connection, slot, lsn, seen);
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
    return seen.takenAtMicros();
  }

  /**
   * Whether it shows what a transaction did that was committed, then or since.
   *
   * @param txid its 32-bit id, as the stream has it
   */
  public boolean shows(String txid) {
    return seen.transactions().show(txid);
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
