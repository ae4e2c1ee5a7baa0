package io.valmed.archive.sink;

import static java.util.stream.Collectors.toSet;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.server.ServerAnswer;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.sink.apply.ArchiveStanding;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.read.Poisoned;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sink tells of its work. Safe for use by several threads. */
public final class SinkMetrics {
  private static final Logger log = LoggerFactory.getLogger(SinkMetrics.class);

  private static final String RECORDS = "archive.sink.records";

  private final MeterRegistry registry;
  private final Counter batches;
  private final Counter quarantined;
  private final Timer seconds;
  private final ServerQuestion<ArchiveStanding> archive;
  private final ServerQuestion<Positions> kafka;
  private volatile Lag lag = new Lag(Double.NaN, System.nanoTime());
  private volatile Map<TableId, String> stopped = Map.of();
  private volatile Map<TableId, String> unreconciled = Map.of();

  /**
   * How late the archive was when it last answered.
   *
   * @param nanos when that was, by {@link System#nanoTime}
   */
  private record Lag(double seconds, long nanos) {
    /** At the least so much now: an archive that answers no more seems no less late for it. */
    double now() {
      return seconds + (System.nanoTime() - nanos) / 1e9;
    }
  }

  /**
   * @param archive is asked how far the archive is
   * @param kafka is asked where the topics end
   * @param tables the table of each topic
   */
  public SinkMetrics(
      MeterRegistry registry,
      ServerQuestion<ArchiveStanding> archive,
      ServerQuestion<Positions> kafka,
      Map<String, TableId> tables) {
    this.registry = registry;
    this.archive = archive;
    this.kafka = kafka;
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
    Gauge.builder("archive.sink.lag", this::lagSeconds)
        .baseUnit("seconds")
        .description(
            "Age of the newest heartbeat that has come from hot into the archive; grows while the archive does not answer")
        .register(registry);
    tables.forEach(this::lagRecords);
    Gauge.builder("archive.sink.alarms.open", () -> standing(ArchiveStanding::alarmsOpen))
        .description("Alarms that nobody has looked at; NaN while the archive does not answer")
        .register(registry);
    Set<String> named = tables.values().stream().map(TableId::toString).collect(toSet());
    named.forEach(
        table -> quarantineOpen(table, now -> now.quarantineOpen().getOrDefault(table, 0L)));
    quarantineOpen("(not in the policy)", now -> others(now.quarantineOpen(), named));
    Gauge.builder("archive.sink.stopped.tables", () -> stopped.size())
        .description("Tables that wait because they changed so that the archive cannot follow")
        .register(registry);
    Gauge.builder("archive.sink.unreconciled.tables", () -> unreconciled.size())
        .description("Tables whose reconciliation with an epoch waits for a person")
        .register(registry);
  }

  public void applied(Batch batch, List<Poisoned> poisoned, Duration took) {
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
  public long rows() {
    String heartbeat = SinkService.HEARTBEAT.toString();
    return registry.find(RECORDS).counters().stream()
        .filter(counter -> !heartbeat.equals(counter.getId().getTag("table")))
        .mapToLong(counter -> (long) counter.count())
        .sum();
  }

  private void lagRecords(String topic, TableId table) {
    Gauge.builder("archive.sink.lag.records", () -> lagRecords(topic))
        .description(
            "Positions between what the archive has applied and the topic's end now; NaN while either does not answer")
        .tag("table", table.toString())
        .register(registry);
  }

  private double lagRecords(String topic) {
    return standing(
        now -> kafka.answer().number(ends -> lagRecords(topic, ends.next(), now.applied().next())));
  }

  private static double lagRecords(
      String topic, Map<String, Long> ends, Map<String, Long> applied) {
    return ends.entrySet().stream()
        .filter(end -> end.getKey().startsWith(topic + "/"))
        .mapToLong(end -> Math.max(0, end.getValue() - applied.getOrDefault(end.getKey(), 0L)))
        .sum();
  }

  private void quarantineOpen(String table, ToDoubleFunction<ArchiveStanding> count) {
    Gauge.builder("archive.sink.quarantine.open", () -> standing(count))
        .description(
            "Records in the quarantine that nobody has settled; NaN while the archive does not answer")
        .tag("table", table)
        .register(registry);
  }

  private static double others(Map<String, Long> open, Set<String> named) {
    return open.entrySet().stream()
        .filter(table -> !named.contains(table.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private double standing(ToDoubleFunction<ArchiveStanding> part) {
    return archive.answer().number(part);
  }

  private double lagSeconds() {
    ServerAnswer<ArchiveStanding> answer = archive.answer();
    ArchiveStanding known = answer.value();
    if (known != null) {
      lag = new Lag(known.lagSeconds().orElse(Double.NaN), answer.nanos());
    }
    return lag.now();
  }

  /** What is still to be done, in words. */
  public String left() {
    double seconds = lagSeconds();
    return Double.isNaN(seconds)
        ? "not known: no heartbeat has come yet"
        : "%.1f seconds behind hot".formatted(seconds);
  }

  /** An alarm was kept that was not known before. */
  public void alarm(String kind) {
    Counter.builder("archive.sink.alarms")
        .description("Alarms taken into the archive")
        .tag("kind", kind)
        .register(registry)
        .increment();
  }

  public void stopped(Map<TableId, String> tables) {
    stopped = Map.copyOf(tables);
  }

  public void unreconciled(Map<TableId, String> tables) {
    unreconciled = Map.copyOf(tables);
  }

  /** A line for each table that waits. */
  public String remarks() {
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
