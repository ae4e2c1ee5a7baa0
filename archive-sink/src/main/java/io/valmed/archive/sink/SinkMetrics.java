package io.valmed.archive.sink;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.valmed.archive.model.TableId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sink tells of its work. Safe for use by several threads. */
final class SinkMetrics {
  private static final Logger log = LoggerFactory.getLogger(SinkMetrics.class);

  private static final String RECORDS = "archive.sink.records";

  private final MeterRegistry registry;
  private final Counter batches;
  private final Counter quarantined;
  private final Timer seconds;
  private final MultiGauge open;
  private volatile Lag lag = new Lag(Double.NaN, System.nanoTime());
  private volatile long alarmsOpen;
  private volatile Map<TableId, String> stopped = Map.of();
  private volatile Map<TableId, String> unreconciled = Map.of();

  /**
   * How late the archive was when it was asked.
   *
   * @param nanos when that was, by {@link System#nanoTime}
   */
  private record Lag(double seconds, long nanos) {
    /** At the least so much now: whoever is stuck, and asks no more, seems no less late for it. */
    double now() {
      return seconds + (System.nanoTime() - nanos) / 1e9;
    }
  }

  SinkMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.batches =
        Counter.builder("archive.sink.batches")
            .description("Batches committed in the archive")
            .register(registry);
    this.quarantined =
        Counter.builder("archive.sink.quarantined")
            .description("Records put into the quarantine")
            .register(registry);
    this.seconds =
        Timer.builder("archive.sink.batch")
            .description("Time from a batch's first statement to its commit")
            .register(registry);
    this.open =
        MultiGauge.builder("archive.sink.quarantine.open")
            .description("Records in the quarantine that nobody has settled")
            .register(registry);
    Gauge.builder("archive.sink.lag", () -> lag.now())
        .baseUnit("seconds")
        .description("Age of the newest heartbeat that has come from hot into the archive")
        .register(registry);
    Gauge.builder("archive.sink.alarms.open", () -> alarmsOpen)
        .description("Alarms that nobody has looked at")
        .register(registry);
    Gauge.builder("archive.sink.stopped.tables", () -> stopped.size())
        .description("Tables that wait because they changed so that the archive cannot follow")
        .register(registry);
    Gauge.builder("archive.sink.unreconciled.tables", () -> unreconciled.size())
        .description("Tables whose reconciliation with an epoch waits for a person")
        .register(registry);
  }

  void applied(Batch batch, List<Poisoned> poisoned, Duration took) {
    batches.increment();
    seconds.record(took);
    batch.tables().forEach((table, records) -> records(table.toString()).increment(records.size()));
    for (Poisoned record : poisoned) {
      quarantined.increment();
      log.warn(
          "quarantined table={} place={} sqlstate={} reason={}",
          record.table(),
          record.record().place(),
          record.sqlState(),
          record.reason());
    }
  }

  /** How many records have been applied, heartbeats left out. */
  long rows() {
    String heartbeat = SinkService.HEARTBEAT.toString();
    return registry.find(RECORDS).counters().stream()
        .filter(counter -> !heartbeat.equals(counter.getId().getTag("table")))
        .mapToLong(counter -> (long) counter.count())
        .sum();
  }

  /** What is still to be done, in words. */
  String left() {
    double seconds = lag.now();
    return Double.isNaN(seconds)
        ? "not known: no heartbeat has come yet"
        : "%.1f seconds behind hot".formatted(seconds);
  }

  void lag(OptionalDouble now) {
    lag = new Lag(now.orElse(Double.NaN), System.nanoTime());
  }

  /** An alarm was kept that was not known before. */
  void alarm(String kind) {
    Counter.builder("archive.sink.alarms")
        .description("Alarms taken into the archive")
        .tag("kind", kind)
        .register(registry)
        .increment();
  }

  /** How many alarms nobody has looked at now. */
  void alarmsOpen(long now) {
    alarmsOpen = now;
  }

  /** How many records of each table are open in the quarantine now. */
  void quarantineOpen(Map<String, Long> tables) {
    open.register(
        tables.entrySet().stream()
            .map(e -> MultiGauge.Row.of(Tags.of("table", e.getKey()), e.getValue()))
            .collect(Collectors.toList()),
        true);
  }

  void stopped(Map<TableId, String> tables) {
    stopped = Map.copyOf(tables);
  }

  void unreconciled(Map<TableId, String> tables) {
    unreconciled = Map.copyOf(tables);
  }

  /** A line for each table that waits. */
  String remarks() {
    return Stream.concat(stopped.entrySet().stream(), unreconciled.entrySet().stream())
        .map(e -> "table " + e.getKey() + " waits: " + e.getValue() + "\n")
        .sorted()
        .collect(Collectors.joining());
  }

  private Counter records(String table) {
    return Counter.builder(RECORDS)
        .description("Changes and departures applied")
        .tag("table", table)
        .register(registry);
  }
}
