package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.FailPoint;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Begin;
import io.valmed.archive.capture.event.SourceEvent.End;
import io.valmed.archive.capture.event.SourceEvent.Oddity;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.capture.event.SourceTransaction;
import io.valmed.archive.capture.start.Published;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Relays events into the log. A Kafka transaction ends at the last whole source transaction of a
 * batch, or inside a very large one when it has grown to the limit; the stored offset says which.
 * Hot is told only afterwards.
 */
public final class ChangeRelay {
  private final ChangeLog log;
  private final SourceStream stream;
  private final RowWriter rows;
  private final PassedBeats beats;
  private final Limits limits;
  private final FailPoint failPoint;
  private final SourceTransaction transaction;
  private SourceOffset offset;
  private long appended;
  private long firstAppendedNanos;

  /**
   * When a source transaction is cut.
   *
   * @param records after that many events
   * @param time after that long
   */
  public record Limits(int records, Duration time) {}

  public ChangeRelay(
      ChangeLog log,
      SourceStream stream,
      RowWriter rows,
      PassedBeats beats,
      Limits limits,
      FailPoint failPoint,
      SourceOffset offset) {
    this.log = log;
    this.stream = stream;
    this.rows = rows;
    this.beats = beats;
    this.limits = limits;
    this.failPoint = failPoint;
    this.offset = offset;
    this.transaction = new SourceTransaction(offset.part());
  }

  /** What is known of the tables from now on; kept with what is relayed next. */
  public void published(Published published) {
    offset = offset.of(published);
  }

  /** Whether everything that was relayed is committed. */
  public boolean committed() {
    return appended == 0;
  }

  /**
   * Relays a batch.
   *
   * @throws SQLException when hot cannot be asked for a table's description
   */
  public void relay(List<SourceEvent> batch) throws SQLException {
    int lastEnd = lastEnd(batch);
    for (int i = 0; i < batch.size(); i++) {
      take(batch.get(i));
      if (i == lastEnd || tooLarge()) {
        commit();
      }
    }
  }

  private static int lastEnd(List<SourceEvent> batch) {
    int last = batch.size() - 1;
    while (last >= 0 && !(batch.get(last) instanceof End)) {
      last--;
    }
    return last;
  }

  private void take(SourceEvent event) throws SQLException {
    if (event instanceof RowChange row) {
      if (transaction.next(row.place().lsn())) {
        rows.write(row);
        appended(event);
      }
    } else if (event instanceof Begin begin) {
      transaction.begin(begin.txid());
    } else if (event instanceof End end) {
      transaction.end(end);
      offset = offset.at(end.lsn(), null, offset.beat());
      appended(event);
    } else if (event instanceof Oddity oddity) {
      // A logical message outside of transactions has no txid and is in no count.
      if (oddity.place().txid() == 0 || transaction.next(oddity.place().lsn())) {
        rows.odd(oddity);
        appended(event);
      }
    }
  }

  private void appended(SourceEvent event) {
    if (appended == 0) {
      firstAppendedNanos = System.nanoTime();
    }
    appended++;
    failPoint.reached(FailPoint.Place.APPENDED, event);
  }

  private boolean tooLarge() {
    return appended >= limits.records()
        || (appended > 0 && System.nanoTime() - firstAppendedNanos > limits.time().toNanos());
  }

  private void commit() {
    offset =
        offset.at(offset.lsn(), transaction.part(), Math.max(offset.beat(), beats.pendingBeat()));
    log.offset(offset);
    failPoint.reached(FailPoint.Place.BEFORE_COMMIT, null);
    log.commit();
    appended = 0;
    failPoint.reached(FailPoint.Place.AFTER_COMMIT, null);
    beats.committed(log::positions);
    stream.acknowledge(offset.lsn());
    failPoint.reached(FailPoint.Place.ACKNOWLEDGED, null);
  }
}
