package io.valmed.archive.capture;

import io.valmed.archive.capture.SourceEvent.Place;
import io.valmed.archive.capture.SourceEvent.RowChange;
import io.valmed.archive.model.Change;
import io.valmed.archive.model.ChangeWriter;
import io.valmed.archive.model.DepartureCause;
import io.valmed.archive.model.Evidence;
import io.valmed.archive.model.Operation;
import io.valmed.archive.model.RowImage;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.PurgeSettings;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Decides what each row's change is, and appends it. */
final class RowWriter {
  private final ChangeLog log;
  private final Routes routes;
  private final PassedBeats beats;
  private final CaptureMetrics metrics;
  private final int epoch;

  RowWriter(ChangeLog log, Routes routes, PassedBeats beats, CaptureMetrics metrics, int epoch) {
    this.log = log;
    this.routes = routes;
    this.beats = beats;
    this.metrics = metrics;
    this.epoch = epoch;
  }

  /** A row of a snapshot. */
  void read(TableRoute route, RowImage row, Place place) {
    Change change = new Change(Operation.READ, evidence(place), null, null, row);
    ChangeWriter writer = route.writer();
    log.change(route, writer.rowKey(row), writer.value(change));
    metrics.changed(route.schema().table());
  }

  /**
   * A row's change in the stream.
   *
   * @throws SQLException when hot cannot be asked for the table's description
   */
  void write(RowChange row) throws SQLException {
    if (!row.keyed()) {
      alarm("no-key", row, "A row without a primary key changed and was not archived.");
      return;
    }
    @Nullable TableRoute route = routes.of(row.table());
    if (route == null) {
      alarm("unknown-table", row, "A published table that is not in the policy changed.");
      return;
    }
    if (row.operation() == Operation.DELETE) {
      depart(route, row);
    } else {
      change(route, row);
    }
    metrics.changed(route.schema().table());
  }

  private void change(TableRoute route, RowChange row) {
    RowImage after = require(row.after(), row);
    if (row.operation() == Operation.UPDATE && row.before() == null) {
      throw new StopException(
          "An update of "
              + route.schema().table()
              + " came without the row as it was: the table has not REPLICA IDENTITY FULL any more."
              + " Run './archive provision hot' and './archive capture --new-epoch'.");
    }
    if (byPurge(row.place())) {
      alarm("purge-origin", row, "The purge's origin did something else than delete.");
    }
    ChangeWriter writer = route.writer();
    Change change = new Change(row.operation(), evidence(row.place()), null, row.before(), after);
    log.change(route, writer.rowKey(after), writer.value(change));
    beats.seen(route.schema(), after);
  }

  private void depart(TableRoute route, RowChange row) {
    RowImage before = require(row.before(), row);
    Evidence evidence = evidence(row.place());
    DepartureCause cause = cause(route, row);
    if (byPurge(row.place()) && cause != DepartureCause.PURGED) {
      alarm("purge-origin", row, "The purge's origin did something else than delete.");
    }
    ChangeWriter writer = route.writer();
    Change change = new Change(Operation.DELETE, evidence, cause, before, null);
    log.departure(
        route, writer.rowKey(before), writer.departureKey(before, evidence), writer.value(change));
  }

  private static DepartureCause cause(TableRoute route, RowChange row) {
    if (row.rekeyed()) {
      return DepartureCause.REKEYED;
    }
    return byPurge(row.place()) && route.purgeable()
        ? DepartureCause.PURGED
        : DepartureCause.DELETED;
  }

  private static boolean byPurge(Place place) {
    return place.origin() != null && place.origin().startsWith(PurgeSettings.ORIGIN_PREFIX);
  }

  private static RowImage require(@Nullable RowImage image, RowChange row) {
    if (image == null) {
      throw new IllegalArgumentException(
          "a " + row.operation() + " of " + row.table().id() + " came without the row's image");
    }
    return image;
  }

  private Evidence evidence(Place place) {
    return new Evidence(epoch, place.lsn(), place.txid(), place.committedAtMicros());
  }

  private void alarm(String kind, RowChange row, String detail) {
    log.alarm(
        new Alarm(kind, row.table().id(), row.operation() + ": " + detail, row.place(), epoch));
    metrics.alarmed();
  }
}
