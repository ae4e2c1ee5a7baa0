package io.valmed.archive.capture.epoch;

import io.valmed.archive.capture.engine.ChosenStream;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.capture.kafka.ParkedRows;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.phase.Closing;
import io.valmed.archive.capture.phase.StreamPhase;
import io.valmed.archive.capture.postgres.CatalogReader;
import io.valmed.archive.capture.postgres.HeartbeatWriter;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotClaim;
import io.valmed.archive.capture.schema.TableVersions;
import io.valmed.archive.capture.start.RunningGuard;
import io.valmed.archive.capture.start.StartGuard;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.capture.stream.ChangeRelay;
import io.valmed.archive.capture.stream.Parking;
import io.valmed.archive.capture.stream.Routes;
import io.valmed.archive.capture.stream.RowWriter;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.SQLException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How an epoch's rows find their way, and the stream of it. */
public final class EpochStream {
  private static final Logger logger = LoggerFactory.getLogger(EpochStream.class);

  private final Surroundings around;
  private final CaptureSettings capture;
  private final DatabaseLogin hot;
  private final TransactionalLog log;
  private final SlotClaim claim;
  private final RunningGuard watch;

  /** How the rows of one epoch find their way. */
  public record Way(
      int epoch,
      CatalogReader catalog,
      TableVersions versions,
      Parking parking,
      Routes routes,
      PassedBeats beats) {}

  public EpochStream(
      Surroundings around, TransactionalLog log, SlotClaim claim, RunningGuard watch) {
    this.around = around;
    this.capture = around.settings().capture();
    this.hot = around.settings().hot().capture();
    this.log = log;
    this.claim = claim;
    this.watch = watch;
  }

  /**
   * @param floor versions of tables that are not known count from above it
   * @param parked the tables that are parked, with the reason
   */
  public Way way(int epoch, StoredState stored, int floor, Map<TableId, String> parked) {
    CatalogReader catalog = new CatalogReader(hot);
    TableVersions versions = new TableVersions(stored.versions(), log, around.holds(), floor);
    Parking parking =
        new Parking(parked, log, around.holds(), around.metrics(), around.failPoint(), epoch);
    Routes routes =
        new Routes(around.settings().topics(), around.tables(), catalog, versions, parking, epoch);
    return new Way(
        epoch, catalog, versions, parking, routes, new PassedBeats(capture.slot(), epoch));
  }

  /**
   * The way of rows that come before the epoch's snapshot. Tables that were parked flow again where
   * they fit; one that does not fit is parked in the epoch before, for the snapshot copies all of
   * them anew.
   */
  public Way before(Way way) {
    int before = way.epoch() - 1;
    Parking parking =
        new Parking(Map.of(), log, around.holds(), around.metrics(), around.failPoint(), before);
    Routes routes =
        new Routes(
            around.settings().topics(),
            around.tables(),
            way.catalog(),
            way.versions(),
            parking,
            way.epoch());
    // Beats that pass here say nothing of the epoch: it has no snapshot yet.
    PassedBeats none = new PassedBeats(capture.slot(), before);
    return new Way(way.epoch(), way.catalog(), way.versions(), parking, routes, none);
  }

  public RowWriter rows(Way way) {
    return new RowWriter(
        log,
        way.routes(),
        way.parking(),
        way.beats(),
        around.metrics(),
        way.epoch(),
        around.settings().prefix());
  }

  public ChangeRelay relay(SourceStream stream, SourceOffset offset, Way way) {
    return new ChangeRelay(
        log,
        stream,
        rows(way),
        way.beats(),
        new ChangeRelay.Limits(capture.transactionRecords(), capture.transactionTime()),
        around.failPoint(),
        offset);
  }

  /** Brings home what left hot while its table was parked in an epoch before this one. */
  public void bringParkedHome(int epoch) {
    new ParkedRows(around.settings(), log, around.tables(), epoch)
        .bringHome()
        .forEach((table, rows) -> around.metrics().alarmed());
  }

  /** The stream behind the offset, to be relayed for as long as capture runs. */
  public StreamPhase.Streaming streaming(SourceOffset offset, Way way) throws Exception {
    checkSlot(offset);
    SourceStream stream = ChosenStream.start(around.settings(), around.tables(), offset.lsn());
    boolean streaming = false;
    try {
      // Where there was no slot any more the connector has made one, at the end of the WAL. From
      // here on it is in use and stays.
      checkSlot(offset);
      StreamPhase.Streaming all = streaming(stream, offset, way);
      streaming = true;
      return all;
    } finally {
      if (!streaming) {
        stream.close();
      }
    }
  }

  private void checkSlot(SourceOffset offset) throws SQLException {
    HotInspection inspection = new HotInspection(hot, capture);
    StartGuard.checkSlot(capture.slot(), offset, inspection.slot());
    inspection.checkStillAt(offset.systemId(), offset.timeline());
  }

  private StreamPhase.Streaming streaming(SourceStream stream, SourceOffset offset, Way way)
      throws Exception {
    // Hot shows that the slot is in use.
    Closing.quietly(claim);
    watch.knows(new RunningGuard.Captured(way.versions(), way.parking()), offset.published());
    ChangeRelay relay = relay(stream, offset, way);
    HeartbeatWriter heartbeat =
        HeartbeatWriter.start(hot, capture, way.epoch(), way.beats(), around.metrics(), watch);
    logger.info("epoch {} streams from {}", way.epoch(), Lsn.text(offset.lsn()));
    return new StreamPhase.Streaming(
        stream,
        relay,
        heartbeat,
        () -> {
          watch.passOn(log, around.metrics(), way.epoch());
          relay.published(watch.published());
        });
  }
}
