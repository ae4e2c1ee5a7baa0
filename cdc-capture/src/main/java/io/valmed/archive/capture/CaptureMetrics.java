package io.valmed.archive.capture;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.valmed.archive.model.TableId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What {@code /metrics} tells of capture. */
public final class CaptureMetrics {
  private static final String CHANGES = "archive.capture.changes";
  private static final long STREAMS = -1;

  private final MeterRegistry registry;
  private final Map<TableId, Counter> changes = new HashMap<>();
  private final Map<TableId, Counter> parked = new HashMap<>();
  private final Counter transactions;
  private final Counter alarms;
  private final Counter openings;
  private final Counter heartbeatFailures;
  private volatile long copyEnds = STREAMS;
  private final AtomicLong retainedBytes = new AtomicLong();
  private final AtomicLong passedBeatWrittenNanos = new AtomicLong(System.nanoTime());

  CaptureMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.transactions =
        Counter.builder("archive.capture.kafka.transactions")
            .description("Kafka transactions committed")
            .register(registry);
    this.alarms =
        Counter.builder("archive.capture.alarms")
            .description("Records written to the alarms topic")
            .register(registry);
    this.openings =
        Counter.builder("archive.capture.openings")
            .description("Times the stream was opened; all but the first are restarts")
            .register(registry);
    this.heartbeatFailures =
        Counter.builder("archive.capture.heartbeat.failures")
            .description("Heartbeats that could not be written")
            .register(registry);
    Gauge.builder("archive.capture.retained.wal.bytes", retainedBytes, AtomicLong::get)
        .description("WAL that hot keeps for the slot, as capture has last seen it")
        .register(registry);
    Gauge.builder(
            "archive.capture.lag.seconds",
            passedBeatWrittenNanos,
            written -> (System.nanoTime() - written.get()) / 1e9)
        .description("Age of the newest heartbeat that has come back from hot into Kafka")
        .register(registry);
  }

  void changed(TableId table) {
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
  long rows() {
    String heartbeat = PassedBeats.TABLE.toString();
    return registry.find(CHANGES).counters().stream()
        .filter(counter -> !heartbeat.equals(counter.getId().getTag("table")))
        .mapToLong(counter -> (long) counter.count())
        .sum();
  }

  /** A snapshot begins, of about so many rows. */
  void copies(long rows) {
    copyEnds = rows() + rows;
  }

  /** The snapshot is over. */
  void streams() {
    copyEnds = STREAMS;
  }

  /** What is still to be done, in words. */
  String left() {
    long ends = copyEnds;
    return ends == STREAMS
        ? "%,d bytes of WAL in hot".formatted(retainedBytes.get())
        : "about %,d rows of the snapshot".formatted(Math.max(0, ends - rows()));
  }

  void parked(TableId table) {
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

  void alarmed() {
    alarms.increment();
  }

  void opened() {
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

  /** The WAL that hot keeps for the slot. */
  public void retains(long bytes) {
    retainedBytes.set(bytes);
  }
}
