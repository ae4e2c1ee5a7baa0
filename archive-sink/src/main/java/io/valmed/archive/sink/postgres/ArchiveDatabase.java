package io.valmed.archive.sink.postgres;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.topic.AlarmRecord;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.apply.Advance;
import io.valmed.archive.sink.apply.Archive;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.StoredPosition;
import io.valmed.archive.sink.epoch.Reconciling;
import io.valmed.archive.sink.postgres.epoch.EpochReconciliation;
import io.valmed.archive.sink.postgres.epoch.EpochTable;
import io.valmed.archive.sink.postgres.epoch.UnseenDepartures;
import io.valmed.archive.sink.postgres.merge.ArchiveAge;
import io.valmed.archive.sink.postgres.merge.ColdMove;
import io.valmed.archive.sink.postgres.merge.ColdPartitions;
import io.valmed.archive.sink.postgres.merge.Departures;
import io.valmed.archive.sink.postgres.merge.MirrorMerge;
import io.valmed.archive.sink.postgres.merge.ReusedKeys;
import io.valmed.archive.sink.postgres.merge.RowCopy;
import io.valmed.archive.sink.postgres.merge.Stages;
import io.valmed.archive.sink.postgres.merge.SupersededRows;
import io.valmed.archive.sink.postgres.merge.TableMerge;
import io.valmed.archive.sink.postgres.quarantine.QuarantineTable;
import io.valmed.archive.sink.postgres.quarantine.RetriedRecord;
import io.valmed.archive.sink.postgres.quarantine.RetryTransaction;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import io.valmed.archive.sink.quarantine.StoredRecord;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.Poisoned;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive over two connections: one merges, the other makes tables, columns and partitions in
 * transactions of their own, so that a lock it has to wait for is not waited for inside a merge.
 */
public final class ArchiveDatabase implements Archive {
  /**
   * The planner must not be tempted to read a whole mirror, whatever its statistics say. The limits
   * keep a frozen or cut-off sink from holding its positions' locks for long.
   */
  private static final String MERGE_SETTINGS =
      """
      SET enable_seqscan = off;
      SET enable_hashjoin = off;
      SET enable_mergejoin = off;
      SET lock_timeout = '30s';
      SET idle_in_transaction_session_timeout = '30s';
      SET transaction_timeout = '120s'
      """;

  /** No such table, no such schema, no right to read it. */
  private static final Set<String> NOT_MIGRATED =
      Set.of(
          SqlState.UNDEFINED_TABLE, SqlState.INVALID_SCHEMA_NAME, SqlState.INSUFFICIENT_PRIVILEGE);

  /** Longer than any statement of the sink may take; then the connection counts as lost. */
  private static final int SILENCE_MILLIS = 150_000;

  private static final Logger log = LoggerFactory.getLogger(ArchiveDatabase.class);

  private final IdentityCheck identity;
  private final Owner owner;
  private final Connection merge;
  private final Connection ddl;
  private final PositionTable positions;
  private final ArchiveTables tables;
  private final EpochTable epochs;
  private final SinkHolds holds;
  private final AlarmTable alarms;
  private final BatchTransaction transaction;
  private final RetryTransaction retry;
  private final QuarantineTable quarantine;
  private final EpochReconciliation reconciliation;

  private ArchiveDatabase(
      Connection merge, Connection ddl, Settings settings, FailPoint failPoint) {
    Policy policy = settings.policy();
    this.identity = new IdentityCheck(settings);
    this.owner = new Owner(settings.prefix(), settings.capture().slot());
    this.merge = merge;
    this.ddl = ddl;
    this.positions = new PositionTable(ddl);
    this.holds = new SinkHolds(ddl, owner.prefix());
    this.alarms = new AlarmTable(ddl, owner.prefix());
    this.epochs = new EpochTable(ddl, owner.prefix());
    ColdPartitions partitions = new ColdPartitions(ddl, policy, settings.sink().monthsAhead());
    ArchiveAge ages = new ArchiveAge(policy);
    this.tables = new ArchiveTables(ddl, owner, ages, failPoint);
    RowCopy copy = new RowCopy(merge);
    ColdMove cold = new ColdMove(merge, partitions, ages);
    ReusedKeys reusedKeys = new ReusedKeys(merge, copy, cold);
    SupersededRows superseded = new SupersededRows(merge, copy, cold);
    PositionTable moved = new PositionTable(merge);
    Departures departures = new Departures(merge, copy, partitions, ages);
    MirrorMerge mirror = new MirrorMerge(merge, copy, reusedKeys, superseded);
    Stages stages = new Stages(merge);
    TableMerge merged =
        new TableMerge(reusedKeys, superseded, departures, mirror, stages, failPoint);
    this.transaction =
        new BatchTransaction(merge, moved, departures, reusedKeys, merged, stages, failPoint);
    this.retry =
        new RetryTransaction(
            merge,
            moved,
            departures,
            stages,
            new RetriedRecord(merge, copy, superseded, departures, mirror));
    this.quarantine = new QuarantineTable(ddl);
    UnseenDepartures unseen = new UnseenDepartures(ddl, owner, partitions, ages, failPoint);
    this.reconciliation = new EpochReconciliation(ddl, settings, positions, unseen, failPoint);
  }

  /** Connects and reads which versions the archive has. */
  public static ArchiveDatabase open(Settings settings, FailPoint failPoint) throws SQLException {
    DatabaseLogin login = PrimaryHost.of(settings.archive().sink());
    Connection merge = login.connect("valmed-archive sink");
    try {
      Connection ddl = login.connect("valmed-archive sink ddl");
      try {
        merge.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
        ddl.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
        execute(merge, RowDigest.SESSION_SETTINGS);
        execute(merge, MERGE_SETTINGS);
        merge.setAutoCommit(false);
        execute(ddl, RowDigest.SESSION_SETTINGS);
        ArchiveDatabase archive = new ArchiveDatabase(merge, ddl, settings, failPoint);
        archive.identity.archive(ddl);
        archive.readVersions();
        return archive;
      } catch (SQLException | RuntimeException e) {
        ddl.close();
        throw e;
      }
    } catch (SQLException | RuntimeException e) {
      merge.close();
      throw e;
    }
  }

  @Override
  public void compare(SchemaRecord.Installed topics) throws SQLException {
    identity.topics(ddl, topics);
  }

  private void readVersions() throws SQLException {
    try {
      tables.read();
    } catch (SQLException e) {
      if (NOT_MIGRATED.contains(e.getSQLState())) {
        throw new StopException(
            "The archive database lacks the product's own tables, or the sink's role may not see"
                + " them; run './archive migrate archive up' and './archive provision archive'.",
            e);
      }
      throw e;
    }
  }

  @Override
  public Map<Partition, StoredPosition> positions(Collection<Partition> partitions)
      throws SQLException {
    return positions.read(partitions);
  }

  @Override
  public Fit ensureVersion(TableSchema version) throws Exception {
    return tables.ensure(version);
  }

  @Override
  public boolean lookAgain(TableId table) throws SQLException {
    tables.read();
    return true;
  }

  @Override
  public void holdPurge(Collection<TableId> archived, Map<TableId, String> stopped)
      throws SQLException {
    holds.set(archived, stopped);
  }

  @Override
  public List<Poisoned> apply(Batch batch) throws Exception {
    return transaction.apply(batch);
  }

  @Override
  public void goBack(List<Advance> back) throws SQLException {
    positions.goBack(back);
  }

  /** The open record of that number in the quarantine; null: there is none. */
  public @Nullable StoredRecord quarantined(long id) throws SQLException {
    return quarantine.stored(id);
  }

  /** The version as the archive has noted it; null: it has not, or its table was set aside. */
  public @Nullable TableSchema version(TableId table, int version) throws SQLException {
    return tables.version(table, version);
  }

  /** Whether the version belongs to a table that was set aside. */
  public boolean setAside(TableId table, int version) {
    return tables.setAside(table, version);
  }

  /** Applies the only record of the batch, which has that number in the quarantine. */
  public RetryOutcome retry(long id, Batch batch) throws SQLException {
    return retry.apply(id, batch);
  }

  @Override
  public OptionalLong lastAlarm(String topicId) throws SQLException {
    return alarms.lastOffset(topicId);
  }

  @Override
  public boolean recordAlarm(String topicId, long offset, byte[] value, AlarmRecord alarm)
      throws SQLException {
    return alarms.record(new AlarmTable.Place(topicId, offset), value, alarm);
  }

  @Override
  public void noteEpoch(Epoch epoch) throws SQLException {
    epochs.note(epoch);
  }

  @Override
  public Set<TableId> settled(Epoch epoch) throws SQLException {
    return reconciliation.settled(epoch);
  }

  @Override
  public int newestEpoch() throws SQLException {
    return epochs.newest();
  }

  @Override
  public Map<TableId, Reconciling> reconcile(Epoch epoch, Collection<TableId> wanted, boolean newer)
      throws Exception {
    return reconciliation.reconcile(epoch, wanted, newer);
  }

  /** Cuts both connections off, also in the middle of a statement; the server rolls back. */
  @Override
  public void close() {
    for (Connection connection : List.of(merge, ddl)) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        log.debug("a connection to the archive could not be cut off", e);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
