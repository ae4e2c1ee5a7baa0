package io.valmed.archive.capture.engine;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The driver's stream with messages made neutral on their way to the connector. Hot is told here
 * what it may forget, and by nobody else: what the connector would tell is passed over.
 */
final class WireStream implements PGReplicationStream {
  private final PGReplicationStream driver;
  private final Wire wire;
  private final NeutralMessages messages;
  private long told;

  WireStream(PGReplicationStream driver, Wire wire) {
    this.driver = driver;
    this.wire = wire;
    this.messages = new NeutralMessages(wire);
  }

  @Override
  public @Nullable ByteBuffer read() throws SQLException {
    return next(driver.read());
  }

  @Override
  public @Nullable ByteBuffer readPending() throws SQLException {
    wire.moved();
    if (wire.safe() != told) {
      forceUpdateStatus();
    }
    return next(driver.readPending());
  }

  private @Nullable ByteBuffer next(@Nullable ByteBuffer message) {
    return message == null ? null : messages.neutral(message);
  }

  /** Also from the connector's thread that keeps the connection alive. */
  @Override
  public void forceUpdateStatus() throws SQLException {
    long lsn = wire.safe();
    driver.setFlushedLSN(LogSequenceNumber.valueOf(lsn));
    driver.setAppliedLSN(LogSequenceNumber.valueOf(lsn));
    driver.forceUpdateStatus();
    told = lsn;
  }

  @Override
  public LogSequenceNumber getLastReceiveLSN() {
    return driver.getLastReceiveLSN();
  }

  @Override
  public LogSequenceNumber getLastFlushedLSN() {
    return driver.getLastFlushedLSN();
  }

  @Override
  public LogSequenceNumber getLastAppliedLSN() {
    return driver.getLastAppliedLSN();
  }

  @Override
  public void setFlushedLSN(LogSequenceNumber flushed) {
    // What is safe in Kafka is told to hot, and nothing else.
  }

  @Override
  public void setAppliedLSN(LogSequenceNumber applied) {
    // As above.
  }

  @Override
  public boolean isClosed() {
    return driver.isClosed();
  }

  @Override
  public void close() throws SQLException {
    driver.close();
  }
}
