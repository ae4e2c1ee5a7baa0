package io.valmed.archive.capture.start;

import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.runtime.StopException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares what Kafka knows with what hot has, before anything is read. */
public final class StartGuard {
  public static final String NEW_EPOCH =
      " Run './archive capture --new-epoch': it copies the tables anew and what is missing in hot"
          + " becomes visible (of much of a table the sink asks first: archive epoch confirm);"
          + " then './archive verify' before purging goes on.";

  /** More than a table has in one epoch. */
  private static final int VERSIONS_OF_AN_EPOCH = 100_000;

  private final String slot;
  private final HotGuard tables;

  /** What to do at the start. */
  public sealed interface Verdict {
    /**
     * Go on behind the stored offset.
     *
     * @param troubles tables that stop alone, with what people are told
     */
    record Resume(SourceOffset offset, Map<TableId, String> troubles) implements Verdict {}

    /**
     * Begin an epoch with a snapshot.
     *
     * @param number its number
     * @param floor versions of tables count from above it: what Kafka has forgotten may have been
     *     given out in earlier epochs
     * @param dropSlot whether a slot is there that must go first, unread
     * @param rest what the slot still has, to be read first; null: nothing, or it is given up
     * @param hold why purging is to be held; null: nothing was archived before
     * @param lost whether Kafka has, or may have, changes that hot has lost
     */
    record Begin(
        int number,
        int floor,
        boolean dropSlot,
        @Nullable SlotRest rest,
        @Nullable String hold,
        boolean lost)
        implements Verdict {}
  }

  public StartGuard(String slot, HotGuard tables) {
    this.slot = slot;
    this.tables = tables;
  }

  /**
   * @throws StopException when a person must act: one sentence on what happened, one on what to do
   */
  public Verdict judge(StoredState stored, HotState hot, CaptureOptions options) {
    SourceOffset offset = stored.offset();
    if (options.newEpoch() || offset == null || interrupted(stored)) {
      // Every table is copied anew, so none may be in trouble.
      tables.check(hot, table -> null, Published.UNKNOWN);
      return options.newEpoch()
          ? begin(stored, hot, options, "A new epoch was asked for.")
          : withoutSnapshot(stored, hot);
    }
    Map<TableId, String> troubles = tables.check(hot, stored.versions()::get, offset.published());
    Epoch epoch = stored.epoch();
    if (epoch == null || epoch.number() != offset.epoch()) {
      throw new StopException(
          "The schema topic does not know epoch "
              + offset.epoch()
              + ", to which the stored offset belongs: the topic was lost, and versions of tables"
              + " would be given out again."
              + NEW_EPOCH);
    }
    checkHistory(offset, hot);
    return new Verdict.Resume(offset.onTimeline(hot.database().timeline()), troubles);
  }

  /** While the rest of a slot is read the offset is the new epoch's, which has no snapshot yet. */
  private static boolean interrupted(StoredState stored) {
    SourceOffset offset = stored.offset();
    Epoch epoch = stored.epoch();
    return offset != null
        && epoch != null
        && offset.epoch() == epoch.number()
        && !epoch.snapshotComplete();
  }

  private Verdict withoutSnapshot(StoredState stored, HotState hot) {
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
    if (epoch == null && (hot.slot() != null || hot.heartbeat().epoch() > 0)) {
      throw new StopException(
          "Hot has a slot or heartbeat named "
              + slot
              + ", but Kafka knows nothing of it: the topics were deleted, or another product uses"
              + " the slot."
              + NEW_EPOCH);
    }
    return begin(
        stored,
        hot,
        CaptureOptions.NONE,
        "The snapshot of an epoch was interrupted and begun anew.");
  }

  private Verdict begin(StoredState stored, HotState hot, CaptureOptions options, String why) {
    Epoch epoch = stored.epoch();
    SourceOffset offset = stored.offset();
    int inKafka = Math.max(epoch == null ? 0 : epoch.number(), offset == null ? 0 : offset.epoch());
    int last = Math.max(options.after(), Math.max(inKafka, hot.heartbeat().epoch()));
    boolean lost = offset == null ? mayHaveLost(epoch, hot.database()) : lost(offset, hot) != null;
    // Before the first epoch there is nothing that the slot could have the rest of.
    @Nullable SlotRest rest =
        last == 0 || options.giveUpSlot() ? null : SlotRest.of(hot, offset, lost);
    return new Verdict.Begin(
        last + 1,
        epoch == null ? last * VERSIONS_OF_AN_EPOCH : 0,
        rest == null && hot.slot() != null,
        rest,
        last == 0
            ? null
            : why
                + " Epoch "
                + (last + 1)
                + " copies the tables anew; this hold ends when they are copied, and './archive verify' then compares all of them.",
        lost);
  }

  /** Without an offset. What a snapshot that was interrupted began over was looked at before it. */
  private static boolean mayHaveLost(@Nullable Epoch epoch, HotState.Database hot) {
    return epoch != null
        && (epoch.snapshotComplete()
            || epoch.timeline() != hot.timeline()
            || !epoch.systemId().equals(hot.systemId()));
  }

  private void checkHistory(SourceOffset offset, HotState hot) {
    checkDatabase(offset, hot);
    checkSlot(slot, offset, hot.slot());
  }

  private static void checkDatabase(SourceOffset offset, HotState state) {
    @Nullable String lost = lost(offset, state);
    if (lost != null) {
      throw new StopException(lost + NEW_EPOCH);
    }
    if (state.heartbeat().epoch() > offset.epoch()) {
      throw new StopException(
          "Hot knows epoch %d, but the newest that Kafka has an offset of is %d: Kafka was put back to an earlier state."
                  .formatted(state.heartbeat().epoch(), offset.epoch())
              + NEW_EPOCH);
    }
  }

  /** What tells that Kafka has changes that hot does not have, for people; null: nothing does. */
  private static @Nullable String lost(SourceOffset offset, HotState state) {
    HotState.Database hot = state.database();
    if (!offset.systemId().equals(hot.systemId())) {
      return "Hot is not the database that was read before (system %s, now %s)."
          .formatted(offset.systemId(), hot.systemId());
    }
    @Nullable String missing = Timelines.missing(offset, hot);
    if (missing != null) {
      return missing;
    }
    if (Long.compareUnsigned(offset.lsn(), hot.flushedLsn()) > 0) {
      return "Hot's WAL ends at %s, before %s, up to which Kafka has the changes: hot was put back to an earlier state."
          .formatted(Lsn.text(hot.flushedLsn()), Lsn.text(offset.lsn()));
    }
    // An epoch that hot knows and Kafka does not is Kafka's loss: its beats count from 1 again.
    if (state.heartbeat().epoch() <= offset.epoch() && state.heartbeat().beat() < offset.beat()) {
      return "Hot's heartbeat stands at beat %d, but beat %d is in Kafka: hot was put back to an earlier state and has gone another way since."
          .formatted(state.heartbeat().beat(), offset.beat());
    }
    return null;
  }

  /**
   * Makes sure that the slot still has everything behind the offset.
   *
   * @param found as hot has it; null: not at all
   */
  public static void checkSlot(String slot, SourceOffset offset, HotState.@Nullable Slot found) {
    if (found == null) {
      throw new StopException(
          "The replication slot %s is gone, though capture had read up to %s: changes since then may be lost. After a failover: the standby had no copy of it (sync_replication_slots)."
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
  }
}
