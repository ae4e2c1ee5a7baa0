package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.valmed.archive.capture.event.SourceEvent;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stream into the queue, on a thread of its own, the only one that uses the connection.
 * While the queue is full it does not read, but hot hears of it all the same: a walsender that
 * hears nothing for {@code wal_sender_timeout} gives up.
 */
final class StreamPump implements Runnable {
  private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long ROOM_MILLIS = 1_000;
  private static final long PAUSE_MILLIS = 10;

  private final ReplicationStream stream;
  private final EventReader reader;
  private final EventQueue queue;
  private volatile long safe;
  private volatile boolean ended;
  private volatile @Nullable Throwable failure;
  private volatile long movedNanos = System.nanoTime();
  private long told;
  private long toldNanos = System.nanoTime();

  /**
   * @param safe where the stream begins: all before is in Kafka
   */
  StreamPump(ReplicationStream stream, EventReader reader, EventQueue queue, long safe) {
    this.stream = stream;
    this.reader = reader;
    this.queue = queue;
    this.safe = safe;
    this.told = safe;
  }

  /** Hot may forget what is before the position; it is told soon. */
  void acknowledge(long lsn) {
    safe = lsn;
  }

  /** Lets it end soon. */
  void end() {
    ended = true;
  }

  /** What ended it; null: nothing has. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** How long it has been waiting for an answer of hot, or for the rest of a message. */
  Duration stuck() {
    return Duration.ofNanos(System.nanoTime() - movedNanos);
  }

  @Override
  public void run() {
    try {
      while (!ended) {
        step();
      }
      tellHot();
    } catch (InterruptedException e) {
      if (!ended) {
        failure = e;
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void step() throws SQLException, InterruptedException {
    movedNanos = System.nanoTime();
    boolean more = stream.readPending(this::take);
    if (!more || queue.full()) {
      while (!queue.handOver(ROOM_MILLIS) && !ended) {
        tellHot();
      }
    }
    if (!more) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    if (safe != told || System.nanoTime() - toldNanos > STATUS_NANOS) {
      tellHot();
    }
  }

  private void take(ReplicationMessage message) {
    SourceEvent event = reader.read(message, stream.lastReceivedLsn().asLong());
    if (event != null) {
      queue.add(event);
    }
  }

  private void tellHot() throws SQLException {
    long lsn = safe;
    stream.flushLsn(Lsn.valueOf(lsn));
    told = lsn;
    toldNanos = System.nanoTime();
    movedNanos = toldNanos;
  }
}
