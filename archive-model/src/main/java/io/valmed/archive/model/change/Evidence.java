package io.valmed.archive.model.change;

import io.valmed.archive.model.Lsn;

/**
 * Where a change stands in hot's history. Kept with the row as evidence, never used to order or
 * drop a change: LSNs are not monotonic per key.
 *
 * @param epoch the epoch it was read in, from 1
 * @param lsn the change's own position in the WAL; the snapshot's for a READ
 * @param txid the source transaction's 32-bit id, unsigned; 0: none is known (a READ)
 * @param committedAtMicros when the transaction was committed by hot's clock, in microseconds since
 *     1970-01-01 UTC; the snapshot's time for a READ
 */
public record Evidence(int epoch, long lsn, long txid, long committedAtMicros) {

  public Evidence {
    if (epoch < 1) {
      throw new IllegalArgumentException("epochs count from 1");
    }
  }

  /**
   * Whether this stands before the other in hot's history, by epoch and LSN. Tells a change that is
   * delivered again from a newer one; nothing is put into order by it.
   */
  public boolean precedes(Evidence other) {
    return epoch < other.epoch
        || (epoch == other.epoch && Long.compareUnsigned(lsn, other.lsn) < 0);
  }

  /** The LSN as PostgreSQL writes it: {@code 16/B374D848}. */
  public String lsnText() {
    return Lsn.text(lsn);
  }
}
