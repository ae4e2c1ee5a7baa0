package io.valmed.archive.capture.start;

import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Positions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What hot has for capture now.
 *
 * @param database which database this is, and how far it has come
 * @param heartbeat the heartbeat row of this slot
 * @param slot the slot; null: there is none
 * @param publication the publication; null: there is none
 * @param tables the tables of the policy, and the heartbeat's, as the catalogs have them; one that
 *     does not exist is missing here
 * @param relations all tables of hot by their oids
 */
public record HotState(
    Database database,
    Heartbeat heartbeat,
    @Nullable Slot slot,
    @Nullable Publication publication,
    Map<TableId, Catalog.Description> tables,
    Map<Long, TableId> relations) {

  public HotState {
    tables = Map.copyOf(tables);
    relations = Map.copyOf(relations);
  }

  /** By what a change of what is published is known. */
  public Published published() {
    return publication == null ? Published.UNKNOWN : publication.facts();
  }

  /**
   * @param systemId the system identifier
   * @param timeline the timeline
   * @param flushedLsn where its WAL ends
   * @param left where its history left each earlier timeline: a promotion or a restore
   */
  public record Database(String systemId, int timeline, long flushedLsn, Map<Integer, Long> left) {
    public Database {
      left = Map.copyOf(left);
    }

    /** One that has never left a timeline. */
    public Database(String systemId, int timeline, long flushedLsn) {
      this(systemId, timeline, flushedLsn, Map.of());
    }
  }

  /**
   * @param epoch its epoch
   * @param beat its number
   * @param positions where the tables' topics ended when the newest beat had passed
   */
  public record Heartbeat(int epoch, long beat, Positions positions) {
    /** There is no row. */
    public static final Heartbeat NONE = new Heartbeat(0, 0);

    public Heartbeat(int epoch, long beat) {
      this(epoch, beat, Positions.NONE);
    }
  }

  /**
   * @param activePid the process that reads from it; 0: none
   * @param lost why PostgreSQL has invalidated it; null: it has not
   * @param confirmedLsn up to where hot may forget
   * @param failover whether standbys may keep copies of it
   */
  public record Slot(int activePid, @Nullable String lost, long confirmedLsn, boolean failover) {

    /** One of which standbys may keep copies. */
    public Slot(int activePid, @Nullable String lost, long confirmedLsn) {
      this(activePid, lost, confirmedLsn, true);
    }
  }

  /**
   * @param publishesAll inserts, updates, deletes and truncates alike
   * @param tables its tables with the published columns
   * @param filtered tables with a row filter
   * @param facts by which a change of it is known, be it undone by now
   */
  public record Publication(
      boolean publishesAll,
      Map<TableId, List<String>> tables,
      List<TableId> filtered,
      Published facts) {

    /** The same, of tables of these shapes. */
    public Publication with(Map<TableId, String> shapes) {
      return new Publication(
          publishesAll,
          tables,
          filtered,
          new Published(facts.publication(), facts.tables(), shapes));
    }

    /** One of which nothing further is known. */
    public Publication(
        boolean publishesAll, Map<TableId, List<String>> tables, List<TableId> filtered) {
      this(publishesAll, tables, filtered, Published.UNKNOWN);
    }
  }
}
