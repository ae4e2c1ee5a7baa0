package io.valmed.archive.purge.lane;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.PageRows;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates that were not equal to the mirror, so that the next look can tell a fault from an
 * archive that is merely behind: the archive has passed the point where the first look saw these
 * very rows, and still it differs. Used by several threads.
 */
public final class Suspects {
  // About 250 bytes each. Beyond that the oldest are forgotten and seen as new again: they keep
  // waiting, which is safe.
  private static final int MOST = 100_000;

  private record Id(TableId root, List<String> key) {}

  private record Seen(ByteBuffer signature, long lsn) {}

  private final Map<Id, Seen> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Id, Seen> eldest) {
          return size() > MOST;
        }
      };

  synchronized boolean isEmpty() {
    return seen.isEmpty();
  }

  /**
   * Whether the aggregate differs for good.
   *
   * @param rows the aggregate's hot rows, locked
   * @param lsn the end of WAL after they were locked
   * @param archivedUpTo what the archive had passed before its rows were read this time
   */
  synchronized boolean confirmed(
      TableId root, List<String> key, List<PageRows> rows, long lsn, long archivedUpTo) {
    Id id = new Id(root, key);
    ByteBuffer signature = signature(rows);
    @Nullable Seen before = seen.get(id);
    if (before == null || !before.signature.equals(signature)) {
      seen.put(id, new Seen(signature, lsn));
      return false;
    }
    return Long.compareUnsigned(archivedUpTo, before.lsn) >= 0;
  }

  /** Forgets an aggregate that has been found equal. */
  synchronized void clear(TableId root, List<String> key) {
    if (!seen.isEmpty()) {
      seen.remove(new Id(root, key));
    }
  }

  private static ByteBuffer signature(List<PageRows> tables) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (PageRows table : tables) {
        sha.update((byte) 0);
        for (LockedRow row : table.byKey().rows()) {
          sha.update(row.digest());
        }
      }
      return ByteBuffer.wrap(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
