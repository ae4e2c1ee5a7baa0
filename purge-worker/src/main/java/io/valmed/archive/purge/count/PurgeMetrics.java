package io.valmed.archive.purge.count;

import static java.util.stream.Collectors.toSet;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.page.Kept;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the purge tells Prometheus. Labels are tables and reasons, never keys. */
public final class PurgeMetrics {
  private final Timer pages;

  private PurgeMetrics(Timer pages) {
    this.pages = pages;
  }

  public static PurgeMetrics register(
      MeterRegistry registry, PurgeTally tally, Policy policy, PurgeServers servers) {
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
      registerHeld(registry, tally, root, servers);
    }
    Gauge.builder("archive.purge.run.age", tally::secondsSinceRun)
        .description("How long ago a run was last through all root tables; at first, the start")
        .baseUnit("seconds")
        .register(registry);
    register(registry, servers);
    return new PurgeMetrics(
        Timer.builder("archive.purge.page")
            .description("Time of one purge transaction")
            .publishPercentileHistogram()
            .register(registry));
  }

  private static void register(MeterRegistry registry, PurgeServers servers) {
    skew(registry, "hot", () -> servers.hot().answer().number(HotStanding::clockAhead));
    skew(registry, "archive", () -> servers.archive().answer().number(PurgeStanding::clockAhead));
    Gauge.builder(
            "archive.purge.unwitnessed.rows",
            () -> servers.archive().answer().number(PurgeMetrics::rows))
        .description(
            "Rows of journal pages whose departures have not all come in time; NaN while the archive does not answer")
        .register(registry);
    Gauge.builder(
            "archive.purge.unwitnessed.age",
            () -> servers.archive().answer().number(now -> age(now, servers.wall())))
        .description("How long ago the oldest of those pages was committed")
        .baseUnit("seconds")
        .register(registry);
  }

  private static double rows(PurgeStanding now) {
    return now.overdue().stream().mapToLong(OverduePages::rows).sum();
  }

  private static double age(PurgeStanding now, InstantSource wall) {
    return now.overdue().stream()
            .mapToLong(pages -> Duration.between(pages.since(), wall.instant()).toMillis())
            .max()
            .orElse(0)
        / 1e3;
  }

  private static void skew(MeterRegistry registry, String database, Supplier<Number> ahead) {
    Gauge.builder("archive.clock.skew", ahead)
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
  }

  private static void registerHeld(
      MeterRegistry registry, PurgeTally tally, RootTable root, PurgeServers servers) {
    Set<String> scopes =
        Stream.concat(
                Stream.of("*"),
                AggregateTable.of(root).stream().map(table -> table.table().toString()))
            .collect(toSet());
    Gauge.builder(
            "archive.purge.held",
            () ->
                held(
                    tally.obstructed(root.table()),
                    servers.hot().answer().number(now -> common(now.held(), scopes)),
                    servers.archive().answer().number(now -> common(now.held(), scopes))))
        .description(
            "1 while nothing of the table can be purged: a hold is open now, or something else kept the newest run from it; NaN while a database does not answer")
        .tag("table", root.table().toString())
        .register(registry);
  }

  private static double common(Set<String> held, Set<String> scopes) {
    return Collections.disjoint(held, scopes) ? 0 : 1;
  }

  private static double held(boolean obstructed, double inHot, double inArchive) {
    return obstructed || inHot == 1 || inArchive == 1 ? 1 : inHot + inArchive;
  }

  private static PurgeCounts.Root root(PurgeTally tally, TableId root) {
    return Objects.requireNonNull(tally.counts().roots().get(root));
  }

  /** Records a page. */
  public void page(long nanos) {
    pages.record(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
  }
}
