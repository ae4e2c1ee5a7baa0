package io.valmed.archive.capture.phase;

import io.valmed.archive.capture.FailPoint;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.capture.stream.Routes;
import io.valmed.archive.capture.stream.RowWriter;
import io.valmed.archive.capture.stream.TableRoute;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import io.valmed.archive.runtime.StopException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies the tables as they stood when an epoch began. Each step is one Kafka transaction; the
 * offset is stored with the last one alone, so that an interrupted snapshot is seen to be one.
 */
public final class Snapshot {
  /** Of the records' values: what a slow broker takes well within the transaction's timeout. */
  public static final long MOST_BYTES = 64L << 20;

  private final SnapshotSource source;
  private final ChangeLog log;
  private final RowWriter rows;
  private final Routes routes;
  private final FailPoint failPoint;
  private final Limits limits;
  private final Deque<PolicyTable> waiting;
  private final Place place;
  private final Map<TableId, Long> copied = new HashMap<>();
  private @Nullable TableRoute route;

  /**
   * When a Kafka transaction of the snapshot ends: with the first of these, or at {@link
   * #MOST_BYTES}.
   *
   * @param records after that many rows
   * @param time after that long
   */
  public record Limits(int records, Duration time) {}

  public Snapshot(
      SnapshotSource source,
      ChangeLog log,
      RowWriter rows,
      Routes routes,
      Collection<PolicyTable> tables,
      FailPoint failPoint,
      Limits limits) {
    this.source = source;
    this.log = log;
    this.rows = rows;
    this.routes = routes;
    this.waiting = new ArrayDeque<>(tables);
    this.failPoint = failPoint;
    this.limits = limits;
    this.place = new Place(source.lsn(), 0, source.takenAtMicros(), null);
  }

  /** Copies a chunk of rows; whether more are left. */
  public boolean step() throws SQLException {
    failPoint.reached(FailPoint.Place.COPYING, null);
    long begun = System.nanoTime();
    int left = limits.records();
    long bytes = 0;
    while (left > 0 && bytes < MOST_BYTES && System.nanoTime() - begun < limits.time().toNanos()) {
      if (route == null) {
        PolicyTable next = waiting.poll();
        if (next == null) {
          break;
        }
        route = open(next);
      }
      @Nullable RowImage row = source.next();
      if (row == null) {
        route = null;
      } else {
        bytes += rows.read(route, row, place);
        copied.merge(route.table(), 1L, Long::sum);
        failPoint.reached(FailPoint.Place.APPENDED, null);
        left--;
      }
    }
    failPoint.reached(FailPoint.Place.BEFORE_COMMIT, null);
    log.commit();
    failPoint.reached(FailPoint.Place.AFTER_COMMIT, null);
    return route != null || !waiting.isEmpty();
  }

  /** Writes that the snapshot is complete, with the offset from which the stream goes on. */
  public void finish(Epoch epoch, SourceOffset offset) {
    log.schema(new EpochState(epoch.completed(log.positions(), copied, source.lsn())));
    log.offset(offset);
    failPoint.reached(FailPoint.Place.BEFORE_COMMIT, null);
    log.commit();
    failPoint.reached(FailPoint.Place.AFTER_COMMIT, null);
  }

  private TableRoute open(PolicyTable table) throws SQLException {
    Catalog.Description description = source.describe(table.table());
    if (description == null || description.key().isEmpty() || !description.fullImages()) {
      throw new StopException(
          "Table %s was dropped in hot, or lost its primary key or REPLICA IDENTITY FULL, while an epoch began. Run './archive provision hot' and './archive capture --new-epoch'."
              .formatted(table.table()));
    }
    List<String> columns = description.captured(table.exclude());
    source.open(table.table(), columns);
    copied.put(table.table(), 0L);
    return routes.snapshot(table.table(), columns, description);
  }
}
