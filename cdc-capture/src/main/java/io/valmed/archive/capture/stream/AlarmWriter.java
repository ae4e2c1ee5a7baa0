package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceEvent.Oddity;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.model.TableId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the stream shows that a person should know of: to the alarms topic, to the log, and
 * into the metric. What may come with every row is told once in a while for each table.
 */
public final class AlarmWriter {
  private static final Logger logger = LoggerFactory.getLogger(AlarmWriter.class);
  private static final long AGAIN_NANOS = Duration.ofMinutes(10).toNanos();

  /** Harms nothing, and some applications do it all the time. */
  private static final long SELDOM_NANOS = Duration.ofDays(1).toNanos();

  private final ChangeLog log;
  private final CaptureMetrics metrics;
  private final int epoch;
  private final Map<String, Long> told = new HashMap<>();

  public AlarmWriter(ChangeLog log, CaptureMetrics metrics, int epoch) {
    this.log = log;
    this.metrics = metrics;
    this.epoch = epoch;
  }

  /** Something that is no row. */
  public void odd(Oddity oddity) {
    @Nullable TableId table = oddity.table();
    if ("truncate".equals(oddity.kind())) {
      write(
          new Alarm(
              oddity.kind(),
              table,
              "Table "
                  + table
                  + " was truncated in hot; the archive keeps its rows, and './archive verify' shows them as extra until './archive capture --new-epoch' has moved them to the cold store.",
              oddity.place(),
              epoch));
    } else if (due(oddity.kind(), SELDOM_NANOS)) {
      write(
          new Alarm(
              oddity.kind(),
              table,
              "A logical message is in hot's WAL; it holds no row, and others like it may follow.",
              oddity.place(),
              epoch));
    }
  }

  /** A published table that the policy does not have changed. */
  public void unknownTable(RowChange row) {
    TableId table = row.table().id();
    if (due("unknown-table " + table, SELDOM_NANOS)) {
      write(
          "unknown-table",
          row,
          "Table "
              + table
              + " is published but not in the policy, so its changes are not archived: "
              + row.operation());
    }
  }

  /** The purge's origin did something else than delete what it may. */
  public void purgeOrigin(RowChange row) {
    TableId table = row.table().id();
    if (due("purge-origin " + table, AGAIN_NANOS)) {
      write(
          "purge-origin",
          row,
          "The purge's origin did something else in table "
              + table
              + " than delete rows that may leave hot: "
              + row.operation());
    }
  }

  private void write(String kind, RowChange row, String detail) {
    write(new Alarm(kind, row.table().id(), detail + ".", row.place(), epoch));
  }

  private void write(Alarm alarm) {
    log.alarm(alarm);
    metrics.alarmed();
    logger.warn("ALARM {}: {}", alarm.kind(), alarm.detail());
  }

  private boolean due(String what, long nanos) {
    long now = System.nanoTime();
    @Nullable Long last = told.get(what);
    if (last != null && now - last < nanos) {
      return false;
    }
    told.put(what, now);
    return true;
  }
}
