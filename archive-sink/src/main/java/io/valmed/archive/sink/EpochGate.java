package io.valmed.archive.sink;

import io.valmed.archive.model.Epoch;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what follows an epoch's snapshot until the rows that the snapshot did not show have
 * been moved to the cold store.
 *
 * <p>Without it a key that left hot unseen and was used again would overwrite, in the mirror, the
 * only copy of the row that had left.
 */
final class EpochGate {
  private final SchemaCatalog catalog;
  private final Set<Integer> reconciled = new HashSet<>();
  private final Set<Partition> held = new HashSet<>();
  private @Nullable Epoch pending;
  private @Nullable Epoch holding;

  EpochGate(SchemaCatalog catalog) {
    this.catalog = catalog;
  }

  /** The oldest epoch whose snapshot is complete and not reconciled yet, as far as is known. */
  @Nullable Epoch pending() {
    return pending;
  }

  /** Looks again which epoch is pending; to be called when the catalog has learnt of one. */
  void look() {
    pending = oldest(1);
    // Before the first epoch nothing was there that could have left.
    holding = oldest(2);
  }

  private @Nullable Epoch oldest(int from) {
    return catalog.epochs().stream()
        .filter(e -> e.number() >= from)
        .filter(e -> e.snapshotComplete() && !reconciled.contains(e.number()))
        .findFirst()
        .orElse(null);
  }

  /** The epoch had been reconciled before anything was held for it. */
  void openAlready(Epoch epoch) {
    reconciled.add(epoch.number());
  }

  /** The epoch has been reconciled: forgets which partitions wait and returns them. */
  Set<Partition> open(Epoch epoch) {
    reconciled.add(epoch.number());
    Set<Partition> free = Set.copyOf(held);
    held.clear();
    look();
    return free;
  }

  /** Whether the record may be applied now. */
  boolean admits(TopicRecord record) {
    return holding == null || record.offset() < limit(holding, record.partition());
  }

  /** The partition has to wait for {@link #open}. */
  void held(Partition partition) {
    held.add(partition);
  }

  private static long limit(Epoch epoch, Partition partition) {
    return epoch.snapshotEnd().next().getOrDefault(partition.toString(), Long.MAX_VALUE);
  }
}
