package io.valmed.archive.capture.start;

import io.valmed.archive.capture.event.SourceOffset;
import org.jspecify.annotations.Nullable;

/**
 * What the slot of the epochs before still has when a new one begins: changes that neither Kafka
 * nor the new epoch's snapshot would have. See docs/adr/0139.
 *
 * @param lsn where it is to be read from
 * @param part the transaction behind it that is in Kafka in part; null: none
 */
public record SlotRest(long lsn, SourceOffset.@Nullable Part part) {

  /**
   * From where the slot is to be read so that nothing is left out; null: there is no slot, or its
   * WAL is lost.
   *
   * @param offset up to where Kafka has the changes; null: not known
   * @param lost whether hot lacks, or may lack, some of what Kafka has: where their histories part
   *     is known for certain only if hot has changed its timeline, and changes from before that may
   *     come once more
   */
  public static @Nullable SlotRest of(HotState state, @Nullable SourceOffset offset, boolean lost) {
    HotState.@Nullable Slot slot = state.slot();
    if (slot == null || slot.lost() != null) {
      return null;
    }
    long confirmed = slot.confirmedLsn();
    if (offset == null) {
      return new SlotRest(confirmed, null);
    }
    if (lost) {
      return new SlotRest(later(confirmed, shared(offset, state.database())), null);
    }
    return Long.compareUnsigned(confirmed, offset.lsn()) > 0
        ? new SlotRest(confirmed, null)
        : new SlotRest(offset.lsn(), offset.part());
  }

  /** Up to where Kafka and hot have the same for certain; 0: not known. */
  private static long shared(SourceOffset offset, HotState.Database hot) {
    @Nullable Long left =
        offset.systemId().equals(hot.systemId()) ? hot.left().get(offset.timeline()) : null;
    if (left == null) {
      return 0;
    }
    return Long.compareUnsigned(left, offset.lsn()) < 0 ? left : offset.lsn();
  }

  private static long later(long one, long other) {
    return Long.compareUnsigned(one, other) > 0 ? one : other;
  }
}
