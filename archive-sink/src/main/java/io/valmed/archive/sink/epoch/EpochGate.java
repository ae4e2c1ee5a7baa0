package io.valmed.archive.sink.epoch;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.SchemaCatalog;
import io.valmed.archive.sink.read.TopicRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what follows an epoch's snapshot in a table until the rows that the snapshot did not
 * show have been moved to the cold store. Each table by itself: one that waits for a person keeps
 * no other waiting.
 *
 * <p>Without it a key that left hot unseen and was used again would overwrite, in the mirror, the
 * only copy of the row that had left; and the snapshot's rows could not be counted any more.
 */
public final class EpochGate {
  private final SchemaCatalog catalog;
  private final Map<String, TableId> tables;
  private final Map<TableId, Set<Integer>> settled = new HashMap<>();
  private final Map<TableId, Set<Partition>> held = new HashMap<>();
  private final Map<TableId, Epoch> pending = new HashMap<>();
  private final Map<TableId, Epoch> holding = new HashMap<>();
  private final Set<Partition> freed = new HashSet<>();

  /**
   * @param tables the table of each topic
   */
  public EpochGate(SchemaCatalog catalog, Map<String, TableId> tables) {
    this.catalog = catalog;
    this.tables = Map.copyOf(tables);
  }

  /**
   * For each table that is not through with it the oldest epoch whose snapshot is complete, as far
   * as is known: which tables it concerns, oldest epoch first.
   */
  public Map<Integer, Set<TableId>> pending() {
    Map<Integer, Set<TableId>> epochs = new TreeMap<>();
    pending.forEach(
        (table, epoch) -> epochs.computeIfAbsent(epoch.number(), e -> new HashSet<>()).add(table));
    return epochs;
  }

  /** Looks again which epochs are pending; to be called when the catalog has learnt of one. */
  public void look() {
    tables.forEach(this::look);
  }

  private void look(String topic, TableId table) {
    put(pending, table, oldest(topic, table, 1));
    // Before the first epoch nothing was there that could have left.
    @Nullable Epoch now = oldest(topic, table, 2);
    if (!Objects.equals(holding.get(table), now)) {
      // What waited for the other epoch looks at this one's limit; nobody opens an epoch that was
      // cut short.
      freed.addAll(free(table));
    }
    put(holding, table, now);
  }

  /** Partitions that wait for an epoch no more, though nobody opened it; each once. */
  public Set<Partition> freed() {
    Set<Partition> all = Set.copyOf(freed);
    freed.clear();
    return all;
  }

  private Set<Partition> free(TableId table) {
    Set<Partition> waiting = held.remove(table);
    return waiting == null ? Set.of() : waiting;
  }

  private static void put(Map<TableId, Epoch> map, TableId table, @Nullable Epoch epoch) {
    if (epoch == null) {
      map.remove(table);
    } else {
      map.put(table, epoch);
    }
  }

  private @Nullable Epoch oldest(String topic, TableId table, int from) {
    Set<Integer> done = settled.getOrDefault(table, Set.of());
    return catalog.epochs().stream()
        .filter(e -> e.number() >= from)
        .filter(e -> e.snapshotComplete() && !done.contains(e.number()))
        .filter(e -> !catalog.cutShort(e, topic))
        .findFirst()
        .orElse(null);
  }

  /** These tables had been through with the epoch before anything was held for it. */
  public void openAlready(Epoch epoch, Collection<TableId> through) {
    through.forEach(table -> settle(epoch.number(), table));
  }

  /** The table is through with the epoch: forgets which partitions wait and returns them. */
  public Set<Partition> open(int epoch, TableId table) {
    settle(epoch, table);
    Set<Partition> free = free(table);
    look();
    return free;
  }

  private void settle(int epoch, TableId table) {
    settled.computeIfAbsent(table, t -> new HashSet<>()).add(epoch);
  }

  /** Whether the record may be applied now. */
  public boolean admits(TopicRecord record) {
    Partition partition = record.partition();
    Epoch epoch = holding.get(tables.get(partition.topic()));
    return epoch == null || record.offset() < limit(epoch, partition);
  }

  /** The partition has to wait for {@link #open}. */
  public void held(Partition partition) {
    TableId table = tables.get(partition.topic());
    if (table != null) {
      held.computeIfAbsent(table, t -> new HashSet<>()).add(partition);
    }
  }

  private static long limit(Epoch epoch, Partition partition) {
    return epoch.snapshotEnd().next().getOrDefault(partition.toString(), Long.MAX_VALUE);
  }
}
