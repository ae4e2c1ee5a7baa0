package io.valmed.archive.capture.engine;

import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.PGReplicationStream;

/**
 * What the replication connection, which the connector makes by a class's name, and those that the
 * engine hands records to have in common. One for each stream.
 */
final class Wire implements AutoCloseable {
  private static final Map<String, Wire> OPEN = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final String notSent = "not sent " + UUID.randomUUID();
  private final Announcements announcements;
  private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
  private volatile long safe;
  private volatile boolean streaming;
  private volatile boolean polled;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Connection connection;
  private volatile long movedNanos = System.nanoTime();

  /**
   * A transaction as the server ended it.
   *
   * @param txid its 32-bit id
   * @param events how many changes and oddities stood in it
   * @param lsn the end of its commit record
   */
  record Ended(String txid, long events, long lsn) {}

  private Wire(List<PolicyTable> policy, long lsn) {
    this.announcements = new Announcements(policy);
    this.safe = lsn;
  }

  /**
   * @param policy the captured tables, with the columns that are left out
   * @param lsn where the stream begins: all before is in Kafka
   */
  static Wire open(List<PolicyTable> policy, long lsn) {
    Wire wire = new Wire(policy, lsn);
    OPEN.put(wire.id, wire);
    return wire;
  }

  /** The one of that id. */
  static Wire of(@Nullable String id) {
    Wire wire = id == null ? null : OPEN.get(id);
    if (wire == null) {
      throw new StopException("The engine connects for a stream that has ended.");
    }
    return wire;
  }

  String id() {
    return id;
  }

  /** What stands for a value that hot did not send; no value of hot is equal to it. */
  String notSent() {
    return notSent;
  }

  Announcements announcements() {
    return announcements;
  }

  /** The connection that hot's slot is read with. */
  void readsWith(Connection replication) {
    connection = replication;
  }

  /** Puts itself between the driver and the connector. */
  PGReplicationStream over(PGReplicationStream driver) {
    if (streaming) {
      // What it read before has been handed on.
      throw new StopException("The engine began to read hot's stream anew by itself.");
    }
    streaming = true;
    return new WireStream(driver, this);
  }

  /** The engine takes what the connector has read. Before, it refuses to be closed. */
  void polled() {
    polled = true;
  }

  /** Whether the server sends and the engine takes. */
  boolean streaming() {
    return streaming && polled;
  }

  void ended(Ended transaction) {
    ended.add(transaction);
  }

  /** The transaction that the server ended next; null: it ended none. */
  @Nullable Ended nextEnded() {
    return ended.poll();
  }

  /** Hot may forget what is before the position; it is told soon. */
  void acknowledge(long lsn) {
    safe = lsn;
  }

  /** All before it is in Kafka. */
  long safe() {
    return safe;
  }

  /** Something went on. */
  void moved() {
    movedNanos = System.nanoTime();
  }

  /** How long nothing has gone on. */
  Duration stuck() {
    return Duration.ofNanos(System.nanoTime() - movedNanos);
  }

  /** The first is what ended the stream. */
  synchronized void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  /** What ended it; null: nothing has. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Cuts the connection, should it be open yet: hot keeps the slot for one that is. */
  @Override
  public void close() {
    OPEN.remove(id);
    Connection open = connection;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        // It is closed.
      }
    }
  }
}
