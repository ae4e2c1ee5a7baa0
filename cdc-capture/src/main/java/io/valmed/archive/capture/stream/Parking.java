package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.FailPoint;
import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.schema.TableTrouble;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.SchemaRecord.TableParked;
import io.valmed.archive.runtime.StopException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that have stopped alone in this epoch. Used by one thread, but for {@link #holdAgain}.
 */
public final class Parking {
  private static final Logger logger = LoggerFactory.getLogger(Parking.class);

  private final Map<TableId, String> reasons;
  private final ChangeLog log;
  private final PurgeHolds holds;
  private final CaptureMetrics metrics;
  private final FailPoint failPoint;
  private final int epoch;

  /**
   * @param reasons the tables that were parked before, with the reason
   */
  public Parking(
      Map<TableId, String> reasons,
      ChangeLog log,
      PurgeHolds holds,
      CaptureMetrics metrics,
      FailPoint failPoint,
      int epoch) {
    this.reasons = new ConcurrentHashMap<>(reasons);
    this.log = log;
    this.holds = holds;
    this.metrics = metrics;
    this.failPoint = failPoint;
    this.epoch = epoch;
  }

  /** Why the table is parked; null: it is not. */
  public @Nullable String reason(TableId table) {
    return reasons.get(table);
  }

  /** Holds again what is parked: a hold may have been released, but the table is still stopped. */
  public void holdAgain() throws SQLException {
    for (Map.Entry<TableId, String> parked : reasons.entrySet()) {
      holds.park(parked.getKey(), epoch, parked.getValue());
    }
  }

  /**
   * Parks a table from here on. The hold is durable before, the marker is in the Kafka transaction
   * of the first change that is parked.
   *
   * @return the reason as people are told it
   * @throws StopException for the heartbeat, without which nobody knows how far anything has come
   * @throws SQLException when the hold cannot be put down
   */
  public String park(TableId table, String happened, Place place) throws SQLException {
    if (table.equals(PassedBeats.TABLE)) {
      throw new StopException(
          happened
              + " Run './archive migrate hot up' and './archive provision hot', then './archive"
              + " capture --new-epoch'.");
    }
    String reason = TableTrouble.told(happened);
    holds.park(table, epoch, reason);
    failPoint.reached(FailPoint.Place.HELD, null);
    logger.warn("table {} is parked: {}", table, reason);
    log.schema(new TableParked(table, epoch, reason));
    log.alarm(new Alarm("parked", table, reason, place, epoch));
    metrics.alarmed();
    reasons.put(table, reason);
    return reason;
  }

  /** Appends a parked change. */
  public void append(ParkedRoute route, byte[] value) {
    log.park(route, value);
    metrics.parked(route.table());
  }
}
