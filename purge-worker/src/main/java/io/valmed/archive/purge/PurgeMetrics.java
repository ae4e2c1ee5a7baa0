package io.valmed.archive.purge;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.valmed.archive.model.Policy;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.RootTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.witness.WitnessWatch;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** What the purge tells Prometheus. Labels are tables and reasons, never keys. */
final class PurgeMetrics {
  private final Timer pages;

  private PurgeMetrics(Timer pages) {
    this.pages = pages;
  }

  static PurgeMetrics register(MeterRegistry registry, PurgeTally tally, Policy policy) {
    for (PolicyTable table : policy.tables()) {
      if (table.role().purgeable()) {
        FunctionCounter.builder(
                "archive.purge.rows", tally, t -> t.counts().rows().getOrDefault(table.table(), 0L))
            .description("Rows deleted from hot after proof")
            .tag("table", table.table().toString())
            .register(registry);
      }
    }
    for (RootTable root : policy.roots()) {
      registerRoot(registry, tally, root.table());
    }
    return new PurgeMetrics(
        Timer.builder("archive.purge.page")
            .description("Time of one purge transaction")
            .publishPercentileHistogram()
            .register(registry));
  }

  static void register(MeterRegistry registry, ClockWatch watch) {
    skew(registry, "hot", watch, ClockWatch::hotAhead);
    skew(registry, "archive", watch, ClockWatch::archiveAhead);
  }

  static void register(MeterRegistry registry, WitnessWatch witnesses) {
    Gauge.builder("archive.purge.unwitnessed.rows", witnesses, WitnessWatch::rows)
        .description("Rows of journal pages whose departures have not all come in time")
        .register(registry);
    Gauge.builder("archive.purge.unwitnessed.age", witnesses, WitnessWatch::age)
        .description("How long ago the oldest of those pages was committed")
        .baseUnit("seconds")
        .register(registry);
  }

  private static void skew(
      MeterRegistry registry,
      String database,
      ClockWatch watch,
      ToDoubleFunction<ClockWatch> ahead) {
    Gauge.builder("archive.clock.skew", watch, ahead)
        .description("By how much the database's clock is ahead of the purge worker's")
        .baseUnit("seconds")
        .tag("database", database)
        .register(registry);
  }

  private static void registerRoot(MeterRegistry registry, PurgeTally tally, TableId root) {
    String table = root.toString();
    FunctionCounter.builder("archive.purge.aggregates", tally, t -> root(t, root).aggregates())
        .description("Aggregates purged")
        .tag("table", table)
        .register(registry);
    for (Kept reason : Kept.values()) {
      Gauge.builder("archive.purge.kept", tally, t -> root(t, root).kept().getOrDefault(reason, 0L))
          .description("Settled, cold aggregates that stayed in hot in the newest run, by reason")
          .tag("table", table)
          .tag("reason", reason.word())
          .tag("class", reason.waits() ? "wait" : "refusal")
          .register(registry);
    }
    Gauge.builder("archive.purge.held", tally, t -> root(t, root).held() == null ? 0 : 1)
        .description("1 while nothing of the table can be purged")
        .tag("table", table)
        .register(registry);
  }

  private static PurgeCounts.Root root(PurgeTally tally, TableId root) {
    return Objects.requireNonNull(tally.counts().roots().get(root));
  }

  /** Records a page. */
  void page(long nanos) {
    pages.record(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
  }
}
