package io.valmed.archive.purge.verify;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.valmed.archive.databases.archive.TableVerifications.Result;
import io.valmed.archive.databases.archive.TableVerifications.Standing;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.purge.count.PurgeStanding;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * What is told of the verification that runs by itself, computed when it is asked for; NaN while
 * the archive does not answer.
 */
final class VerificationGauges {
  private final InstantSource wall;
  private final ServerQuestion<PurgeStanding> archive;
  private final Map<TableId, String> told = new ConcurrentHashMap<>();
  private final AtomicLong rows = new AtomicLong();

  /**
   * @param archive is asked how the tables were last compared
   */
  VerificationGauges(ServerQuestion<PurgeStanding> archive, InstantSource wall) {
    this.archive = archive;
    this.wall = wall;
  }

  void register(MeterRegistry registry, Settings settings) {
    FunctionCounter.builder("archive.verification.rows", rows, AtomicLong::get)
        .description("Rows that the verification that runs by itself has read")
        .register(registry);
    for (PolicyTable table : settings.policy().tables()) {
      TableId id = table.table();
      Gauge.builder("archive.verification.clean.age", this, gauges -> gauges.cleanAge(id))
          .description(
              "How long ago every row of the table was found equal in hot and archive; +Inf: never")
          .baseUnit("seconds")
          .tag("table", id.toString())
          .register(registry);
      Gauge.builder("archive.verification.unequal.rows", this, gauges -> gauges.unequal(id))
          .description("Rows of the table that the newest comparison found unequal")
          .tag("table", id.toString())
          .register(registry);
      Gauge.builder("archive.verification.unread", this, gauges -> gauges.unread(id))
          .description("1 while the table cannot be compared")
          .tag("table", id.toString())
          .register(registry);
    }
  }

  void read(int more) {
    rows.addAndGet(more);
  }

  /** Whether that has not been told of the table before; an empty sentence: all is well again. */
  boolean news(TableId table, String sentence) {
    return !sentence.equals(told.put(table, sentence));
  }

  private double cleanAge(TableId table) {
    return standing(
        table,
        Double.POSITIVE_INFINITY,
        standing ->
            standing.cleanAt() == null
                ? Double.POSITIVE_INFINITY
                : Duration.between(standing.cleanAt().toInstant(), wall.instant()).toMillis()
                    / 1e3);
  }

  private double unequal(TableId table) {
    return standing(table, 0, Standing::unequal);
  }

  private double unread(TableId table) {
    return standing(table, 0, standing -> standing.result() == Result.UNREAD ? 1 : 0);
  }

  private double standing(TableId table, double unknown, ToDoubleFunction<Standing> part) {
    return archive
        .answer()
        .number(
            now ->
                now.verified().stream()
                    .filter(standing -> standing.table().equals(table))
                    .mapToDouble(part)
                    .findFirst()
                    .orElse(unknown));
  }
}
