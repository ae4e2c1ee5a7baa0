package io.valmed.archive.capture.engine;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.valmed.archive.capture.debezium.ConnectorFailure;
import io.valmed.archive.capture.debezium.EventQueue;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream behind the slot, through Debezium's engine. It keeps the direct stream's promises: all
 * that was committed behind the position, whole transactions in commit order, values as hot wrote
 * them; hot is told what it may forget by {@link #acknowledge} alone.
 */
public final class EngineStream implements SourceStream {
  /** Of the start, of one message, or of an answer about a table. */
  static final Duration LONGEST = Duration.ofMinutes(3);

  private static final Logger log = LoggerFactory.getLogger(EngineStream.class);
  private static final long POLL_MILLIS = 100;
  private static final long START_MILLIS = 20;
  private static final long END_MILLIS = 20_000;

  private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private final Wire wire;
  private final EventQueue queue;
  private final BatchTaker taker;
  private final Thread thread;

  private EngineStream(
      DebeziumEngine<RecordChangeEvent<SourceRecord>> engine,
      Wire wire,
      EventQueue queue,
      BatchTaker taker) {
    this.engine = engine;
    this.wire = wire;
    this.queue = queue;
    this.taker = taker;
    this.thread = new Thread(this::runEngine, "capture-engine");
    this.thread.setDaemon(true);
  }

  /**
   * Starts to stream; returns when hot sends.
   *
   * @param policy the captured tables, with the columns that are left out
   * @param lsn the end of a transaction, or the slot's own start: what was committed behind it
   *     comes, all of it and nothing else
   * @throws Exception what {@code FailureKind} classifies
   */
  public static EngineStream start(Settings settings, List<PolicyTable> policy, long lsn)
      throws Exception {
    Wire wire = Wire.open(policy, lsn);
    EventQueue queue = new EventQueue();
    BatchTaker taker = new BatchTaker(new RecordReader(wire), queue, wire);
    DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    try {
      engine =
          DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
              .using(EngineProperties.of(settings, wire, lsn))
              .notifying(taker)
              .using((success, message, failure) -> wire.failed(ended(message, failure)))
              .using(
                  new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                      wire.polled();
                    }
                  })
              .build();
    } catch (RuntimeException e) {
      wire.close();
      throw ConnectorFailure.causeOf(e);
    }
    EngineStream stream = new EngineStream(engine, wire, queue, taker);
    stream.thread.start();
    try {
      stream.awaitStart();
      ConnectorBeans.hide(settings.prefix());
      return stream;
    } catch (Exception | Error e) {
      stream.close();
      throw e;
    }
  }

  private static Throwable ended(@Nullable String message, @Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof ExecutionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? new IOException("the engine ended by itself: " + message) : cause;
  }

  private void awaitStart() throws Exception {
    long start = System.nanoTime();
    while (!wire.streaming()) {
      ConnectorFailure.raise(wire.failure());
      if (System.nanoTime() - start > LONGEST.toNanos()) {
        throw new TimeoutException(
            "hot has not begun the stream within " + LONGEST.toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(START_MILLIS);
    }
  }

  @Override
  public List<SourceEvent> poll() throws Exception {
    List<SourceEvent> events = queue.take(POLL_MILLIS);
    Throwable failure = wire.failure();
    if (failure == null && wire.stuck().compareTo(LONGEST) > 0) {
      throw new TimeoutException(
          "hot has not gone on with the stream for " + LONGEST.toSeconds() + " s");
    }
    ConnectorFailure.raise(failure);
    return events;
  }

  @Override
  public void acknowledge(long lsn) {
    wire.acknowledge(lsn);
  }

  @Override
  public void close() {
    taker.end();
    Thread closing = new Thread(this::endEngine, "capture-engine-end");
    closing.setDaemon(true);
    closing.start();
    boolean interrupted = false;
    try {
      closing.join(END_MILLIS);
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    wire.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The engine throws when it fails while it is being closed: both want it to be the one that ends
   * it. A thread's own end by an exception would end the process.
   */
  private void runEngine() {
    try {
      engine.run();
    } catch (RuntimeException e) {
      log.debug("the engine did not end in order", e);
      wire.failed(e);
    }
  }

  private void endEngine() {
    try {
      engine.close();
    } catch (IOException | RuntimeException e) {
      log.debug("the engine did not end in order", e);
    }
  }
}
