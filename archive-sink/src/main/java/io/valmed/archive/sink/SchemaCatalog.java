package io.valmed.archive.sink;

import io.valmed.archive.model.ChangeReader;
import io.valmed.archive.model.Epoch;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The versions of tables and the epochs that the schema topic has told of so far. */
final class SchemaCatalog {
  private final Map<TableId, NavigableMap<Integer, ChangeReader>> readers = new HashMap<>();
  private final NavigableMap<Integer, Epoch> epochs = new TreeMap<>();

  void add(TableSchema version) {
    readers
        .computeIfAbsent(version.table(), t -> new TreeMap<>())
        .put(version.version(), new ChangeReader(version));
  }

  void add(Epoch epoch) {
    epochs.put(epoch.number(), epoch);
  }

  /** The reader of that version, or null while the version is unknown. */
  @Nullable ChangeReader reader(TableId table, int version) {
    NavigableMap<Integer, ChangeReader> versions = readers.get(table);
    return versions == null ? null : versions.get(version);
  }

  Collection<Epoch> epochs() {
    return epochs.values();
  }

  /** Whether the epoch's snapshot is known to stand whole in the topics. */
  boolean snapshotComplete(int epoch) {
    Epoch known = epochs.get(epoch);
    return known != null && known.snapshotComplete();
  }
}
