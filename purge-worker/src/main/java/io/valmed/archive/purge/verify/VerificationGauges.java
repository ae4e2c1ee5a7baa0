package io.valmed.archive.purge.verify;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.valmed.archive.databases.archive.TableVerifications.Result;
import io.valmed.archive.databases.archive.TableVerifications.Standing;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is told of the verification that runs by itself, computed when it is asked for. */
final class VerificationGauges {
  private final InstantSource wall;
  private final Map<TableId, Standing> standings = new ConcurrentHashMap<>();
  private final Map<TableId, String> told = new ConcurrentHashMap<>();
  private final AtomicLong rows = new AtomicLong();

  VerificationGauges(InstantSource wall) {
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

  /** What the archive knows by now. */
  void standings(List<Standing> all) {
    all.forEach(standing -> standings.put(standing.table(), standing));
  }

  void read(int more) {
    rows.addAndGet(more);
  }

  /** Whether that has not been told of the table before; an empty sentence: all is well again. */
  boolean news(TableId table, String sentence) {
    return !sentence.equals(told.put(table, sentence));
  }

  private double cleanAge(TableId table) {
    @Nullable Standing standing = standings.get(table);
    return standing == null || standing.cleanAt() == null
        ? Double.POSITIVE_INFINITY
        : Duration.between(standing.cleanAt().toInstant(), wall.instant()).toMillis() / 1e3;
  }

  private double unequal(TableId table) {
    @Nullable Standing standing = standings.get(table);
    return standing == null ? 0 : standing.unequal();
  }

  private double unread(TableId table) {
    @Nullable Standing standing = standings.get(table);
    return standing != null && standing.result() == Result.UNREAD ? 1 : 0;
  }
}
