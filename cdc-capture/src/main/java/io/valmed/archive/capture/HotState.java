package io.valmed.archive.capture;

import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What hot has for capture now.
 *
 * @param systemId the system identifier
 * @param timeline the timeline
 * @param flushedLsn where its WAL ends
 * @param lastEpoch the epoch in the heartbeat row of this slot; 0: there is no row
 * @param slot the slot; null: there is none
 * @param publication the publication; null: there is none
 * @param tables the tables of the policy, and the heartbeat's, as the catalogs have them; one that
 *     does not exist is missing here
 */
public record HotState(
    String systemId,
    int timeline,
    long flushedLsn,
    int lastEpoch,
    @Nullable Slot slot,
    @Nullable Publication publication,
    Map<TableId, Table> tables) {

  public HotState {
    tables = Map.copyOf(tables);
  }

  /**
   * @param activePid the process that reads from it; 0: none
   * @param lost why PostgreSQL has invalidated it; null: it has not
   * @param confirmedLsn up to where hot may forget
   */
  public record Slot(int activePid, @Nullable String lost, long confirmedLsn) {}

  /**
   * @param publishesAll inserts, updates, deletes and truncates alike
   * @param tables its tables with the published columns
   * @param filtered tables with a row filter
   */
  public record Publication(
      boolean publishesAll, Map<TableId, List<String>> tables, List<TableId> filtered) {}

  /**
   * @param replicaIdentityFull whether its changes carry the whole row as it was
   * @param description its columns and key
   * @param refused columns whose values have no lasting text form, with the reason
   */
  public record Table(
      boolean replicaIdentityFull, Catalog.Description description, Map<String, String> refused) {}
}
