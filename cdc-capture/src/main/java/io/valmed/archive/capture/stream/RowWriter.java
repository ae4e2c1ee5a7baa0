package io.valmed.archive.capture.stream;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.runtime.settings.PurgeSettings;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Decides what each row's change is, and appends it. */
public final class RowWriter {
  private final ChangeLog log;
  private final Routes routes;
  private final Parking parking;
  private final PassedBeats beats;
  private final CaptureMetrics metrics;
  private final AlarmWriter alarms;
  private final int epoch;
  private final String prefix;

  public RowWriter(
      ChangeLog log,
      Routes routes,
      Parking parking,
      PassedBeats beats,
      CaptureMetrics metrics,
      int epoch,
      String prefix) {
    this.log = log;
    this.routes = routes;
    this.parking = parking;
    this.beats = beats;
    this.metrics = metrics;
    this.alarms = new AlarmWriter(log, metrics, epoch);
    this.epoch = epoch;
    this.prefix = prefix;
  }

  /** Something in the stream that is no row. */
  public void odd(SourceEvent.Oddity oddity) {
    alarms.odd(oddity);
  }

  /** A row of a snapshot; returns how many bytes its record holds. */
  public int read(TableRoute route, RowImage row, Place place) {
    Change change = new Change(Operation.READ, evidence(place), null, null, row);
    ChangeWriter writer = route.writer();
    byte[] value = writer.value(change);
    log.change(route, writer.rowKey(row), value);
    metrics.changed(route.schema().table());
    return value.length;
  }

  /**
   * A row's change in the stream.
   *
   * @throws SQLException when hot cannot be asked for the table's description, or told to hold
   */
  public void write(RowChange row) throws SQLException {
    @Nullable Route route = routes.of(row.table(), row.place());
    if (route == null) {
      alarms.unknownTable(row);
    } else if (route instanceof ParkedRoute parked) {
      park(parked, row);
    } else if (route instanceof TableRoute way) {
      String trouble = trouble(way, row);
      if (trouble == null) {
        if (!beats.ofAnother(way.schema(), row)) {
          write(way, row);
        }
      } else {
        park(routes.park(row.table(), trouble, row.place()), row);
      }
    }
  }

  private void park(ParkedRoute route, RowChange row) {
    @Nullable DepartureCause cause =
        row.operation() == Operation.DELETE ? cause(route.purgeable(), row) : null;
    parking.append(route, route.value(row, evidence(row.place()), cause));
  }

  /** What the row shows of its table that stops the table; null: nothing. */
  private static @Nullable String trouble(TableRoute route, RowChange row) {
    TableId table = route.schema().table();
    RowImage before = row.before();
    RowImage after = row.after();
    boolean image = row.operation() == Operation.DELETE ? before != null : after != null;
    if (!image
        || !row.whole()
        || (row.operation() != Operation.CREATE && !row.table().fullImages())
        || (row.operation() == Operation.UPDATE && before == null)
        || (before != null && left(route, before, after) && route.keyAlone(before))) {
      return "A change of table "
          + table
          + " came without the whole row as it was: it did not have REPLICA IDENTITY FULL ('./archive"
          + " provision hot').";
    }
    return (before == null || route.keyed(before)) && (after == null || route.keyed(after))
        ? null
        : "A row of table " + table + " came with NULL in a column of its primary key.";
  }

  /** Whether the key has left: only then hot may have sent it alone. */
  private static boolean left(TableRoute route, RowImage before, @Nullable RowImage after) {
    return after == null || !route.sameKey(before, after);
  }

  private void write(TableRoute route, RowChange row) {
    RowImage before = row.before();
    RowImage after = row.after();
    if (before != null && after != null && !route.sameKey(before, after)) {
      depart(route, row, before, DepartureCause.REKEYED);
      change(route, row, Operation.CREATE, null, after);
    } else if (after != null) {
      change(route, row, row.operation(), before, after);
    } else if (before != null) {
      depart(route, row, before, cause(route.purgeable(), row));
    }
    metrics.changed(route.schema().table());
  }

  private void change(
      TableRoute route,
      RowChange row,
      Operation operation,
      @Nullable RowImage before,
      RowImage after) {
    if (byAnyPurge(row.place())) {
      alarms.purgeOrigin(row);
    }
    ChangeWriter writer = route.writer();
    Change change = new Change(operation, evidence(row.place()), null, before, after);
    log.change(route, writer.rowKey(after), writer.value(change));
    beats.seen(route.schema(), after);
  }

  private void depart(TableRoute route, RowChange row, RowImage before, DepartureCause cause) {
    Evidence evidence = evidence(row.place());
    if (byAnyPurge(row.place()) && cause != DepartureCause.PURGED) {
      alarms.purgeOrigin(row);
    }
    ChangeWriter writer = route.writer();
    Change change = new Change(Operation.DELETE, evidence, cause, before, null);
    log.departure(
        route, writer.rowKey(before), writer.departureKey(before, evidence), writer.value(change));
  }

  private DepartureCause cause(boolean purgeable, RowChange row) {
    return byPurge(row.place()) && purgeable ? DepartureCause.PURGED : DepartureCause.DELETED;
  }

  private boolean byPurge(Place place) {
    return place.origin() != null && PurgeSettings.isOriginOf(prefix, place.origin());
  }

  /** Another installation's too: that one may not purge what is captured here. */
  private static boolean byAnyPurge(Place place) {
    return place.origin() != null && place.origin().startsWith(PurgeSettings.ORIGIN_PREFIX);
  }

  private Evidence evidence(Place place) {
    return new Evidence(epoch, place.lsn(), place.txid(), place.committedAtMicros());
  }
}
