package io.valmed.archive.capture.postgres;

import java.util.HashSet;
import java.util.Set;

/**
 * Which transactions a snapshot shows, by the 32-bit ids that the stream has.
 *
 * @param end the first id that had not been given out, or that was not looked at any more
 * @param open ids below it whose transactions had not been committed
 */
record ShownTransactions(int end, Set<Integer> open) {

  ShownTransactions {
    open = Set.copyOf(open);
  }

  /**
   * @param snapshot {@code pg_current_snapshot()} as text: {@code xmin:xmax:xip,…}, of 64-bit ids
   */
  static ShownTransactions parse(String snapshot) {
    String[] parts = snapshot.split(":", -1);
    Set<Integer> open = new HashSet<>();
    if (parts.length > 2 && !parts[2].isEmpty()) {
      for (String id : parts[2].split(",", -1)) {
        open.add((int) Long.parseUnsignedLong(id));
      }
    }
    return new ShownTransactions((int) Long.parseUnsignedLong(parts[1]), open);
  }

  /** Whether what the transaction did is shown; it was committed, now or then. */
  boolean show(String txid) {
    int id = Integer.parseUnsignedInt(txid);
    // Ids go round: an older one is less than half of the way behind.
    return id - end < 0 && !open.contains(id);
  }
}
