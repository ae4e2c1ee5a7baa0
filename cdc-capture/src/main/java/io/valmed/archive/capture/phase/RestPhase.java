package io.valmed.archive.capture.phase;

import io.valmed.archive.capture.event.BrokenStreamException;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Begin;
import io.valmed.archive.capture.event.SourceEvent.End;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.capture.stream.ChangeRelay;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.Reminder;
import io.valmed.archive.runtime.StopException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the slot still has from the time before a new epoch's snapshot, to the last
 * transaction that the snapshot shows and no further. Most of it is read before the snapshot is
 * taken, so that hot keeps old row versions for the little that is left alone. See docs/adr/0139.
 */
public final class RestPhase implements Phase {
  private static final Logger logger = LoggerFactory.getLogger(RestPhase.class);
  private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

  private final String slot;
  private final Streams streams;
  private final long until;
  private final Snapshots snapshots;
  private @Nullable Reading reading;
  private @Nullable Taken taken;
  private final Quiet quiet;
  private boolean passed;
  private final Reminder waiting = new Reminder(System::nanoTime);
  private long cameNanos = System.nanoTime();

  /** What is looked at when nothing comes from the slot. */
  @FunctionalInterface
  public interface Quiet {
    void look() throws SQLException;
  }

  /**
   * What is read and where it goes.
   *
   * @param stream from the slot
   * @param relay into the log
   */
  public record Reading(SourceStream stream, ChangeRelay relay) {}

  /** Opens the slot's stream. */
  @FunctionalInterface
  public interface Streams {
    Reading open() throws Exception;
  }

  /** The snapshot that the rest ends with. */
  public interface Taken {
    /** Whether it shows what the transaction did; its 32-bit id as the stream has it. */
    boolean shows(String txid);

    /** The phase that copies it. */
    Phase copying();

    /** Lets go of it, nothing having been copied. */
    void close();
  }

  /** Takes the snapshot, and writes a transaction behind it that the slot shows. */
  @FunctionalInterface
  public interface Snapshots {
    Taken take() throws Exception;
  }

  /**
   * @param until the end of hot's WAL before the last transaction that the slot is sure to show:
   *     the snapshot is taken when the stream has passed it
   * @param quiet every ten seconds in which nothing came
   */
  public RestPhase(String slot, Streams streams, long until, Snapshots snapshots, Quiet quiet) {
    this.quiet = quiet;
    this.slot = slot;
    this.streams = streams;
    this.until = until;
    this.snapshots = snapshots;
  }

  @Override
  public Phase step() throws Exception {
    Reading now = read(this::opened);
    List<SourceEvent> batch = read(now.stream()::poll);
    lookIfQuiet(batch);
    Taken snapshot = taken;
    if (snapshot == null) {
      relay(now, batch);
      passed |= passed(batch);
      // A Kafka transaction would time out while the snapshot waits for hot's transactions.
      if (passed && now.relay().committed()) {
        taken = snapshots.take();
      }
      return this;
    }
    int shown = shown(batch, snapshot);
    relay(now, batch.subList(0, shown));
    if (shown == batch.size()) {
      return this;
    }
    logger.info("what slot {} had from before the snapshot is in Kafka", slot);
    now.stream().close();
    reading = null;
    taken = null;
    return snapshot.copying();
  }

  private void lookIfQuiet(List<SourceEvent> batch) throws SQLException {
    long now = System.nanoTime();
    if (!batch.isEmpty()) {
      cameNanos = now;
      waiting.over();
    } else if (now - cameNanos > QUIET_NANOS) {
      cameNanos = now;
      if (waiting.due("quiet")) {
        logger.info(
            "nothing comes from slot {}; the new epoch waits for what it has, up to {}",
            slot,
            Lsn.text(until));
      }
      quiet.look();
    }
  }

  private Reading opened() throws Exception {
    Reading now = reading;
    if (now == null) {
      now = streams.open();
      reading = now;
    }
    return now;
  }

  private void relay(Reading now, List<SourceEvent> events) throws Exception {
    if (!events.isEmpty()) {
      try {
        now.relay().relay(events);
      } catch (BrokenStreamException e) {
        throw unreadable(e);
      }
    }
  }

  private boolean passed(List<SourceEvent> batch) {
    return batch.stream()
        .anyMatch(e -> e instanceof End end && Long.compareUnsigned(end.lsn(), until) > 0);
  }

  /** How many of them come before the first transaction that the snapshot does not show. */
  private static int shown(List<SourceEvent> batch, Taken snapshot) {
    int i = 0;
    while (i < batch.size()
        && !(batch.get(i) instanceof Begin begin && !snapshot.shows(begin.txid()))) {
      i++;
    }
    return i;
  }

  /** Something of hot's stream. */
  @FunctionalInterface
  private interface FromStream<T> {
    T get() throws Exception;
  }

  private <T> T read(FromStream<T> what) throws Exception {
    try {
      return what.get();
    } catch (Exception e) {
      if (FailureKind.of(e) == FailureKind.RETRY) {
        throw e;
      }
      throw unreadable(e);
    }
  }

  private StopException unreadable(Exception e) {
    return new StopException(
        "What the replication slot %s still has from before the new epoch, up to %s, cannot be read (%s); rows that came and went there are in no other place. Mend the cause and start capture again, or give them up: './archive capture --new-epoch --give-up-slot'."
            .formatted(slot, Lsn.text(until), Failures.sentence(e)),
        e);
  }

  @Override
  public void close() {
    Reading now = reading;
    if (now != null) {
      now.stream().close();
    }
    Taken snapshot = taken;
    if (snapshot != null) {
      snapshot.close();
    }
  }
}
