package io.valmed.archive.sink.apply;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.topic.AlarmRecord;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.sink.epoch.Reconciling;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.Poisoned;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The archive database as the sink uses it. Used by one thread. After an exception nothing of the
 * call has been applied, unless the answer to a COMMIT was lost: so close it, open it anew, and
 * read the positions again.
 */
public interface Archive extends AutoCloseable {

  /**
   * Compares what the topics say of their installation with what the archive says.
   *
   * @throws io.valmed.archive.runtime.StopException when they are not of one installation
   */
  void compare(SchemaRecord.Installed topics) throws SQLException;

  /** The stored positions among these partitions; a partition never read is left out. */
  Map<Partition, StoredPosition> positions(Collection<Partition> partitions) throws SQLException;

  /** What the archive has of a version. */
  enum Fit {
    /** Its records can be applied. */
    READY,
    /** Its table was set aside: its records have no place any more. */
    SET_ASIDE
  }

  /**
   * Makes mirror and cold store of the version's table, or the columns they lack, and notes the
   * version. Changes nothing for a version that the archive has.
   *
   * @throws IncompatibleTableException when the version contradicts what is there
   */
  Fit ensureVersion(TableSchema version) throws Exception;

  /** Forgets what it knows of the table, and reads anew which versions the archive has of it. */
  boolean lookAgain(TableId table) throws SQLException;

  /**
   * Holds the purge of the stopped tables, each with its reason, and lifts the sink's own holds of
   * the other tables.
   */
  void holdPurge(Collection<TableId> tables, Map<TableId, String> stopped) throws SQLException;

  /**
   * Applies the batch and moves the positions, in one transaction. Records that the archive refuses
   * for what they hold are put into the quarantine in that transaction.
   *
   * @return the records put into the quarantine for it, those of {@link Batch#poisoned} included
   * @throws PositionTakenException when another sink has moved a position meanwhile
   * @throws TableFaultException when one table cannot take its changes; the archive goes on
   */
  List<Poisoned> apply(Batch batch) throws Exception;

  /**
   * Sets positions back to where a newer epoch begins, all or none.
   *
   * @throws PositionTakenException when another sink has moved one of them meanwhile
   */
  void goBack(List<Advance> back) throws SQLException;

  /** The offset of the last alarm that was kept of that topic; empty: none was. */
  OptionalLong lastAlarm(String topicId) throws SQLException;

  /**
   * Keeps a record of the alarms topic; where it is an alarm of a table, that table's purge is held
   * in the same step.
   *
   * @return whether it was not kept before
   */
  boolean recordAlarm(String topicId, long offset, byte[] value, AlarmRecord alarm)
      throws SQLException;

  /** Notes that the epoch exists, and whether its snapshot is complete. */
  void noteEpoch(Epoch epoch) throws SQLException;

  /**
   * The tables whose rows that the epoch's snapshot did not show have been moved to the cold store,
   * or are left to a newer epoch.
   */
  Set<TableId> settled(Epoch epoch) throws SQLException;

  /** The number of the newest epoch that the archive knows; 0: none. */
  int newestEpoch() throws SQLException;

  /**
   * Once the positions of all sinks cover the epoch's snapshot of a table, the epoch names the
   * table, as many rows of it have been applied as were copied, and no more than a small share of
   * it is concerned, unless a person has confirmed it: moves the rows of older epochs that are
   * still in its mirror to the cold store as {@code unseen}, and notes it. Each table by itself.
   *
   * @param newer whether a newer epoch's snapshot is complete: then a table that would be held is
   *     left to that one
   * @return how far each of the tables is
   */
  Map<TableId, Reconciling> reconcile(Epoch epoch, Collection<TableId> tables, boolean newer)
      throws Exception;

  @Override
  void close();
}
