package io.valmed.archive.capture.event;

import org.jspecify.annotations.Nullable;

/**
 * How far the source transaction under way has been relayed.
 *
 * <p>The stream always starts at a transaction's end, so a transaction that is in Kafka in part
 * comes again from its beginning; hot decodes it into the same rows in the same order, and as many
 * as are in Kafka already are passed over here. See docs/adr/0011.
 */
public final class SourceTransaction {
  private SourceOffset.@Nullable Part resumed;
  private @Nullable String txid;
  private long events;
  private long inKafka;
  private long seenLsn;

  /**
   * @param resumed the transaction that comes first and is in Kafka in part; null: none
   */
  public SourceTransaction(SourceOffset.@Nullable Part resumed) {
    this.resumed = resumed;
  }

  public void begin(String id) {
    if (txid != null) {
      throw stop("transaction " + id + " began before " + txid + " had ended");
    }
    inKafka = 0;
    if (resumed != null) {
      if (!resumed.txid().equals(id)) {
        throw stop("transaction " + resumed.txid() + " should come first, but " + id + " did");
      }
      inKafka = resumed.rows();
      resumed = null;
    }
    txid = id;
    events = 0;
  }

  /**
   * Counts an event; whether it is to be written.
   *
   * @param lsn its own position
   */
  public boolean next(long lsn) {
    if (txid == null) {
      throw stop("a change came outside of any transaction");
    }
    events++;
    seenLsn = lsn;
    return events > inKafka;
  }

  public void end(SourceEvent.End end) {
    if (!end.txid().equals(txid)) {
      throw stop("transaction " + end.txid() + " ended, but " + txid + " had begun");
    }
    if (end.events() != events || events < inKafka) {
      throw stop(
          "transaction %s has %d events, but %d came (%d of its rows were in Kafka before)"
              .formatted(txid, end.events(), events, inKafka));
    }
    txid = null;
  }

  /** What to store when a Kafka transaction ends now; null: no transaction is open. */
  public SourceOffset.@Nullable Part part() {
    return txid == null ? resumed : new SourceOffset.Part(txid, Math.max(events, inKafka), seenLsn);
  }

  private static BrokenStreamException stop(String what) {
    return new BrokenStreamException(
        "The stream from hot is not whole: "
            + what
            + ". Nothing of it was written; begin a new epoch with './archive capture"
            + " --new-epoch' and keep the logs.");
  }
}
