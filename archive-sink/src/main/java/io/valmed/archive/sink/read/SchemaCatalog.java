package io.valmed.archive.sink.read;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.sink.apply.StoredPosition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The versions of tables and the epochs that the schema topic has told of so far. */
public final class SchemaCatalog {
  private final Map<TableId, NavigableMap<Integer, ChangeReader>> readers = new HashMap<>();
  private final Map<TableId, Integer> lastSetAside = new HashMap<>();
  private final NavigableMap<Integer, Epoch> epochs = new TreeMap<>();

  /**
   * Learns a version; one that was set aside is known, and records of it have no table any more.
   */
  public void add(TableSchema version, boolean isSetAside) {
    readers
        .computeIfAbsent(version.table(), t -> new TreeMap<>())
        .put(version.version(), new ChangeReader(version));
    if (isSetAside) {
      lastSetAside.merge(version.table(), version.version(), Math::max);
    }
  }

  public void add(Epoch epoch) {
    epochs.put(epoch.number(), epoch);
  }

  /** The reader of that version, or null while the version is unknown. */
  public @Nullable ChangeReader reader(TableId table, int version) {
    NavigableMap<Integer, ChangeReader> versions = readers.get(table);
    return versions == null ? null : versions.get(version);
  }

  /** The known versions of the table, in order. */
  public List<TableSchema> versions(TableId table) {
    NavigableMap<Integer, ChangeReader> versions = readers.get(table);
    return versions == null
        ? List.of()
        : versions.values().stream().map(ChangeReader::schema).toList();
  }

  /** Whether the version belongs to a table that was set aside. */
  public boolean setAside(TableId table, int version) {
    return version <= lastSetAside.getOrDefault(table, 0);
  }

  public Collection<Epoch> epochs() {
    return epochs.values();
  }

  /** An epoch that is known. */
  public Epoch epoch(int number) {
    return Objects.requireNonNull(epochs.get(number));
  }

  /**
   * Whether the topic lost its end before a newer epoch began, and with it rows of this one's
   * snapshot: then it can show nothing any more, and the newer one does.
   */
  public boolean cutShort(Epoch epoch, String topic) {
    String partitions = topic + "/";
    return epochs.tailMap(epoch.number(), false).values().stream()
        .flatMap(newer -> newer.begins().next().entrySet().stream())
        .filter(begins -> begins.getKey().startsWith(partitions))
        .anyMatch(
            begins ->
                begins.getValue() < epoch.snapshotEnd().next().getOrDefault(begins.getKey(), 0L));
  }

  /** Whether the snapshot of a newer epoch than that stands whole in the topics. */
  public boolean completeAfter(int number) {
    return epochs.tailMap(number, false).values().stream().anyMatch(Epoch::snapshotComplete);
  }

  /**
   * The oldest epoch that is newer than the position's and begins in the partition before it: the
   * log lost its end, and what was written since stands under positions that were applied before.
   * Null: there is none.
   */
  public @Nullable Epoch begunBefore(Partition partition, StoredPosition position) {
    for (Epoch epoch : epochs.tailMap(position.epoch(), false).values()) {
      Long begins = epoch.begins().next().get(partition.toString());
      if (begins != null && begins < position.position()) {
        return epoch;
      }
    }
    return null;
  }

  /** Whether the epoch's snapshot is known to stand whole in the topics. */
  public boolean snapshotComplete(int epoch) {
    Epoch known = epochs.get(epoch);
    return known != null && known.snapshotComplete();
  }
}
