package io.valmed.archive.capture;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.server.ServerQuestion;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** What {@code /metrics} tells of capture. */
public final class CaptureMetrics {
  private static final String CHANGES = "archive.capture.changes";
  private static final long STREAMS = -1;

  private final MeterRegistry registry;
  private final Map<TableId, Counter> changes = new HashMap<>();
  private final Map<TableId, Counter> parked = new HashMap<>();
  private final Counter transactions;
  private final Counter alarms;
  private final Counter hanging;
  private final Counter openings;
  private final Counter heartbeatFailures;
  private volatile long copyEnds = STREAMS;
  private final ServerQuestion<SlotStanding> slot;
  private final AtomicLong passedBeatWrittenNanos = new AtomicLong(System.nanoTime());

  /**
   * @param slot is asked for what hot keeps
   */
  public CaptureMetrics(MeterRegistry registry, ServerQuestion<SlotStanding> slot) {
    this.registry = registry;
    this.slot = slot;
    this.transactions =
        Counter.builder("archive.capture.kafka.transactions")
            .description("Kafka transactions committed")
            .register(registry);
    this.alarms =
        Counter.builder("archive.capture.alarms")
            .description("Records written to the alarms topic")
            .register(registry);
    this.hanging =
        Counter.builder("archive.capture.hanging.transactions")
            .description("Transactions that Kafka had left open, and that capture has ended")
            .register(registry);
    this.openings =
        Counter.builder("archive.capture.openings")
            .description("Times the stream was opened; all but the first are restarts")
            .register(registry);
    this.heartbeatFailures =
        Counter.builder("archive.capture.heartbeat.failures")
            .description("Heartbeats that could not be written")
            .register(registry);
    Gauge.builder(
            "archive.capture.lag.seconds",
            passedBeatWrittenNanos,
            written -> (System.nanoTime() - written.get()) / 1e9)
        .description("Age of the newest heartbeat that has come back from hot into Kafka")
        .register(registry);
    Gauge.builder("archive.capture.retained.wal.bytes", () -> bytes(SlotStanding::retainedBytes))
        .description("WAL that hot keeps for the slot; NaN while hot does not answer")
        .register(registry);
    Gauge.builder("archive.capture.lag.bytes", () -> bytes(SlotStanding::unsentBytes))
        .description(
            "WAL of hot behind what is known to be in Kafka; NaN while hot does not answer")
        .register(registry);
  }

  public void changed(TableId table) {
    changes
        .computeIfAbsent(
            table,
            id ->
                Counter.builder(CHANGES)
                    .description("Changes appended to a table's topic")
                    .tag("table", id.toString())
                    .register(registry))
        .increment();
  }

  /** How many changes have been appended to topics, heartbeats left out. */
  public long rows() {
    String heartbeat = PassedBeats.TABLE.toString();
    return registry.find(CHANGES).counters().stream()
        .filter(counter -> !heartbeat.equals(counter.getId().getTag("table")))
        .mapToLong(counter -> (long) counter.count())
        .sum();
  }

  /** A snapshot begins, of about so many rows. */
  public void copies(long rows) {
    copyEnds = rows() + rows;
  }

  /** The snapshot is over. */
  public void streams() {
    copyEnds = STREAMS;
  }

  /** What is still to be done, in words. */
  public String left() {
    long ends = copyEnds;
    if (ends != STREAMS) {
      return "about %,d rows of the snapshot".formatted(Math.max(0, ends - rows()));
    }
    double bytes = bytes(SlotStanding::retainedBytes);
    return Double.isNaN(bytes)
        ? "not known: hot does not answer"
        : "%,d bytes of WAL in hot".formatted((long) bytes);
  }

  private double bytes(ToDoubleFunction<SlotStanding> part) {
    return slot.answer().number(part);
  }

  public void parked(TableId table) {
    parked
        .computeIfAbsent(
            table,
            id ->
                Counter.builder("archive.capture.parked")
                    .description("Changes of a stopped table, appended to the parked topic")
                    .tag("table", id.toString())
                    .register(registry))
        .increment();
  }

  public void committed() {
    transactions.increment();
  }

  /** A transaction that hung was ended. */
  public void endedHanging() {
    hanging.increment();
  }

  public void alarmed() {
    alarms.increment();
  }

  public void opened() {
    openings.increment();
  }

  /** The heartbeat could not be written. */
  public void heartbeatFailed() {
    heartbeatFailures.increment();
  }

  /** The newest beat that has passed was written then, by {@link System#nanoTime}. */
  public void passedBeatWritten(long nanos) {
    passedBeatWrittenNanos.set(nanos);
  }
}
