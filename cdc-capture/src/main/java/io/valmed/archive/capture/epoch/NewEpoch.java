package io.valmed.archive.capture.epoch;

import io.valmed.archive.capture.FailPoint;
import io.valmed.archive.capture.engine.ChosenStream;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.phase.CaptureWork;
import io.valmed.archive.capture.phase.CopyPhase;
import io.valmed.archive.capture.phase.Phase;
import io.valmed.archive.capture.phase.RestPhase;
import io.valmed.archive.capture.phase.Snapshot;
import io.valmed.archive.capture.phase.StreamPhase;
import io.valmed.archive.capture.postgres.FailoverWatch;
import io.valmed.archive.capture.postgres.HeartbeatWriter;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotClaim;
import io.valmed.archive.capture.postgres.SlotSnapshot;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.capture.start.SlotRest;
import io.valmed.archive.capture.start.StartGuard.Verdict;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins an epoch: what the slot still has from before, then the snapshot, then the stream. */
public final class NewEpoch {
  private static final Logger logger = LoggerFactory.getLogger(NewEpoch.class);

  private final Surroundings around;
  private final CaptureSettings capture;
  private final DatabaseLogin hot;
  private final TransactionalLog log;
  private final SlotClaim claim;
  private final EpochStream stream;
  private final Map<String, String> topicIds;
  private final EpochOpening.Whose whose;

  public NewEpoch(
      Surroundings around,
      TransactionalLog log,
      SlotClaim claim,
      EpochStream stream,
      Map<String, String> topicIds,
      EpochOpening.Whose whose) {
    this.around = around;
    this.capture = around.settings().capture();
    this.hot = around.settings().hot().capture();
    this.log = log;
    this.claim = claim;
    this.stream = stream;
    this.topicIds = topicIds;
    this.whose = whose;
  }

  public Work begin(Verdict.Begin verdict, StoredState stored, HotState state) throws Exception {
    if (verdict.hold() != null) {
      around.holds().hold(PurgeHolds.EVERYTHING, verdict.hold());
    }
    OldEpoch old = new OldEpoch(around, log, tables());
    old.refuseHiddenRows();
    if (verdict.lost()) {
      old.keepLost(stored, state);
    }
    // With the epoch's announcement: before it, the topics are the old database's.
    whose.tell(log);
    HotState.Database database = state.database();
    Epoch epoch =
        Epoch.beginning(
            verdict.number(), database.systemId(), database.timeline(), log.positions());
    Opened opened =
        new Opened(epoch, state, stream.way(epoch.number(), stored, verdict.floor(), Map.of()));
    @Nullable SlotRest rest = verdict.rest();
    @Nullable SourceOffset from = rest == null ? null : offset(opened, rest.lsn(), rest.part());
    if (from == null) {
      log.forgetOffset();
    } else {
      log.offset(from);
    }
    log.schema(new EpochState(epoch));
    log.commit();
    HeartbeatWriter.announce(hot, capture.slot(), epoch.number());
    around.failPoint().reached(FailPoint.Place.ANNOUNCED, null);
    Phase first =
        from == null
            ? withNewSlot(verdict, opened)
            : withRest(from, opened, stream.before(opened.way()));
    return new CaptureWork(log, List.of(claim, opened.way().catalog()), first);
  }

  /**
   * An epoch that is announced.
   *
   * @param state hot before: what changes since is a gap, or looks like one
   * @param way of the rows of its snapshot and stream
   */
  private record Opened(Epoch epoch, HotState state, EpochStream.Way way) {}

  private SourceOffset offset(Opened opened, long lsn, SourceOffset.@Nullable Part part) {
    Epoch epoch = opened.epoch();
    return new SourceOffset(
            lsn, part, 0, epoch.number(), epoch.systemId(), epoch.timeline(), topicIds)
        .of(opened.state().published())
        .of(whose.installation());
  }

  private Phase withNewSlot(Verdict.Begin verdict, Opened opened) throws Exception {
    if (verdict.dropSlot()) {
      new HotInspection(hot, capture).dropSlot();
    }
    logger.info("epoch {} begins with a snapshot", opened.epoch().number());
    SlotSnapshot source = SlotSnapshot.create(hot, capture.slot(), tables());
    try {
      around.failPoint().reached(FailPoint.Place.SLOT_MADE, null);
      return copying(opened, source);
    } catch (RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  private Phase withRest(SourceOffset from, Opened opened, EpochStream.Way before)
      throws SQLException {
    HotInspection inspection = new HotInspection(hot, capture);
    HotState.@Nullable Slot slot = opened.state().slot();
    if (slot != null && !slot.failover()) {
      inspection.letStandbysCopySlot();
    }
    logger.info(
        "epoch {} begins with what slot {} still has behind {}; its snapshot follows",
        opened.epoch().number(),
        capture.slot(),
        Lsn.text(from.lsn()));
    return new RestPhase(
        capture.slot(),
        () -> {
          checkSlot(inspection, from);
          SourceStream source = ChosenStream.start(around.settings(), around.tables(), from.lsn());
          try {
            // Where there was no slot any more the connector has made one.
            checkSlot(inspection, from);
            return new RestPhase.Reading(source, stream.relay(source, from, before));
          } catch (Exception | Error e) {
            source.close();
            throw e;
          }
        },
        opened.state().database().flushedLsn(),
        () -> taken(opened),
        new FailoverWatch(hot, capture.slot())::look);
  }

  /** To be judged anew: there may be nothing left to read. */
  private void checkSlot(HotInspection inspection, SourceOffset from) throws SQLException {
    HotState.@Nullable Slot slot = inspection.slot();
    if (slot == null
        || slot.lost() != null
        || Long.compareUnsigned(slot.confirmedLsn(), from.lsn()) > 0) {
      throw new SQLException(
          "the replication slot %s is not the one that it was a moment ago"
              .formatted(capture.slot()),
          "08006");
    }
    inspection.checkStillAt(from.systemId(), from.timeline());
  }

  private RestPhase.Taken taken(Opened opened) throws Exception {
    SlotSnapshot source = SlotSnapshot.beside(hot, capture.slot(), tables());
    try {
      around.failPoint().reached(FailPoint.Place.SLOT_MADE, null);
      // The first transaction that the snapshot does not show, where the application writes none.
      HeartbeatWriter.announce(hot, capture.slot(), opened.epoch().number());
    } catch (SQLException | RuntimeException | Error e) {
      source.close();
      throw e;
    }
    return new RestPhase.Taken() {
      @Override
      public boolean shows(String txid) {
        return source.shows(txid);
      }

      @Override
      public Phase copying() {
        return NewEpoch.this.copying(opened, source);
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }

  private Phase copying(Opened opened, SlotSnapshot source) {
    EpochStream.Way way = opened.way();
    SourceOffset offset = offset(opened, source.lsn(), null);
    Snapshot snapshot =
        new Snapshot(
            source,
            log,
            stream.rows(way),
            way.routes(),
            around.tables(),
            around.failPoint(),
            new Snapshot.Limits(capture.transactionRecords(), capture.transactionTime()));
    return new CopyPhase(
        source,
        snapshot,
        () -> snapshot.finish(opened.epoch(), offset),
        new StreamPhase(
            () -> {
              // Before anything of the stream is looked at: what is found from now on is held anew.
              around.holds().endForTables();
              around.metrics().streams();
              around.failPoint().reached(FailPoint.Place.COPIED, null);
              stream.bringParkedHome(opened.epoch().number());
              return stream.streaming(offset, way);
            }));
  }

  private List<TableId> tables() {
    return around.tables().stream().map(PolicyTable::table).toList();
  }
}
