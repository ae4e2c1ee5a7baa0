package io.valmed.archive.capture;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Epoch;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares what Kafka knows with what hot has, before anything is read. */
final class StartGuard {
  private static final String NEW_EPOCH =
      " Run './archive capture --new-epoch': it copies the tables anew and what is missing in hot"
          + " becomes visible; then './archive verify' before purging goes on.";
  private static final String PROVISION = " Run './archive provision hot' and start again.";

  private final String slot;
  private final String publication;
  private final List<PolicyTable> tables;

  /** What to do at the start. */
  sealed interface Verdict {
    /** Go on behind the stored offset. */
    record Resume(SourceOffset offset) implements Verdict {}

    /**
     * Begin an epoch with a snapshot.
     *
     * @param number its number
     * @param dropSlot whether a slot is there that must go first
     * @param hold why purging is to be held; null: nothing was archived before
     */
    record Begin(int number, boolean dropSlot, @Nullable String hold) implements Verdict {}
  }

  StartGuard(String slot, String publication, List<PolicyTable> tables) {
    this.slot = slot;
    this.publication = publication;
    this.tables = List.copyOf(tables);
  }

  /**
   * @throws StopException when a person must act: one sentence on what happened, one on what to do
   */
  Verdict judge(StoredState stored, HotState hot, CaptureOptions options) {
    checkPublication(hot);
    checkTables(hot);
    if (options.newEpoch()) {
      return begin(stored, hot, "A new epoch was asked for.");
    }
    SourceOffset offset = stored.offset();
    if (offset == null) {
      return withoutOffset(stored, hot);
    }
    Epoch epoch = stored.epoch();
    if (epoch == null || epoch.number() != offset.epoch()) {
      throw new StopException(
          "The schema topic does not know epoch "
              + offset.epoch()
              + ", to which the stored offset belongs: the topic was lost, and versions of tables"
              + " would be given out again. Restore the schema topic.");
    }
    return resume(offset, hot);
  }

  private void checkPublication(HotState hot) {
    HotState.Publication found = hot.publication();
    if (found == null) {
      throw new StopException(
          "The publication " + publication + " does not exist in hot." + PROVISION);
    }
    if (!found.publishesAll() || !found.filtered().isEmpty()) {
      throw new StopException(
          "The publication "
              + publication
              + " leaves out operations or rows, so changes would be lost unseen."
              + PROVISION);
    }
    for (PolicyTable table : tables) {
      List<String> published = found.tables().get(table.table());
      HotState.Table inHot = hot.tables().get(table.table());
      if (inHot != null
          && (published == null || !published.containsAll(columns(inHot.description())))) {
        throw new StopException(
            "Table "
                + table.table()
                + (published == null ? " is" : " is, with all its columns,")
                + " not in the publication "
                + publication
                + ", so its changes would be lost unseen."
                + PROVISION);
      }
    }
  }

  private static List<String> columns(Catalog.Description description) {
    return description.columns().stream().map(ColumnSchema::name).toList();
  }

  private void checkTables(HotState hot) {
    List<String> refused = new ArrayList<>();
    for (PolicyTable policy : tables) {
      HotState.Table table = hot.tables().get(policy.table());
      TableId id = policy.table();
      if (table == null) {
        throw new StopException(
            "Table "
                + id
                + " of the policy does not exist in hot."
                + (id.equals(PassedBeats.TABLE)
                    ? " Run './archive migrate hot up' and './archive provision hot'."
                    : " Correct the policy or create the table."));
      }
      if (table.description().key().isEmpty()) {
        throw new StopException(
            "Table " + id + " has no primary key. Give it one, or take it out of the policy.");
      }
      if (!table.replicaIdentityFull()) {
        throw new StopException(
            "Table "
                + id
                + " has not REPLICA IDENTITY FULL, so rows would leave hot without their last"
                + " image."
                + PROVISION);
      }
      table
          .refused()
          .forEach(
              (column, reason) -> {
                if (!policy.exclude().contains(column)) {
                  refused.add(id + " column " + column + " (" + reason + ")");
                }
              });
    }
    if (!refused.isEmpty()) {
      throw new StopException(
          "Values of these columns cannot be archived exactly: "
              + String.join(", ", refused)
              + ". Change their types, or take the tables out of the policy.");
    }
  }

  private Verdict withoutOffset(StoredState stored, HotState hot) {
    Epoch epoch = stored.epoch();
    if (epoch != null && epoch.snapshotComplete()) {
      throw new StopException(
          "The offset of slot "
              + slot
              + " is gone from Kafka, though epoch "
              + epoch.number()
              + " was complete."
              + NEW_EPOCH);
    }
    if (epoch == null && (hot.slot() != null || hot.lastEpoch() > 0)) {
      throw new StopException(
          "Hot has a slot or heartbeat named "
              + slot
              + ", but Kafka knows nothing of it: the topics were deleted, or another product uses"
              + " the slot."
              + NEW_EPOCH);
    }
    return begin(stored, hot, "The snapshot of an epoch was interrupted and begun anew.");
  }

  private Verdict begin(StoredState stored, HotState hot, String why) {
    Epoch epoch = stored.epoch();
    int last = Math.max(epoch == null ? 0 : epoch.number(), hot.lastEpoch());
    return new Verdict.Begin(
        last + 1,
        hot.slot() != null,
        last == 0
            ? null
            : why + " Epoch " + (last + 1) + " copies the tables anew; run './archive verify'.");
  }

  private Verdict resume(SourceOffset offset, HotState hot) {
    if (!offset.systemId().equals(hot.systemId()) || offset.timeline() != hot.timeline()) {
      throw new StopException(
          "Hot is not the database that was read before (system %s timeline %d, now %s timeline %d): it was restored or failed over."
                  .formatted(offset.systemId(), offset.timeline(), hot.systemId(), hot.timeline())
              + NEW_EPOCH);
    }
    if (Long.compareUnsigned(offset.lsn(), hot.flushedLsn()) > 0) {
      throw new StopException(
          "Hot's WAL ends at %s, before %s, up to which Kafka has the changes: hot was put back to an earlier state."
                  .formatted(Lsn.text(hot.flushedLsn()), Lsn.text(offset.lsn()))
              + NEW_EPOCH);
    }
    HotState.Slot found = hot.slot();
    if (found == null) {
      throw new StopException(
          "The replication slot %s is gone, though capture had read up to %s: changes since then may be lost."
                  .formatted(slot, Lsn.text(offset.lsn()))
              + NEW_EPOCH);
    }
    if (found.lost() != null) {
      throw new StopException(
          "PostgreSQL has invalidated the replication slot "
              + slot
              + " ("
              + found.lost()
              + "): changes are lost."
              + NEW_EPOCH);
    }
    if (Long.compareUnsigned(found.confirmedLsn(), offset.lsn()) > 0) {
      throw new StopException(
          "The replication slot %s was moved to %s, beyond %s, up to which Kafka has the changes."
                  .formatted(slot, Lsn.text(found.confirmedLsn()), Lsn.text(offset.lsn()))
              + NEW_EPOCH);
    }
    return new Verdict.Resume(offset);
  }
}
