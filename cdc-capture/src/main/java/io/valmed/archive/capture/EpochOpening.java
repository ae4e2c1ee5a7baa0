package io.valmed.archive.capture;

import io.valmed.archive.capture.SourceEvent.Place;
import io.valmed.archive.capture.StartGuard.Verdict;
import io.valmed.archive.capture.debezium.DebeziumStream;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.postgres.CatalogReader;
import io.valmed.archive.capture.postgres.HeartbeatWriter;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotClaim;
import io.valmed.archive.capture.postgres.SlotSnapshot;
import io.valmed.archive.capture.start.Published;
import io.valmed.archive.model.Epoch;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.SchemaRecord.EpochState;
import io.valmed.archive.model.SchemaRecord.Installed;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.DatabaseLogin;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins an epoch with its snapshot, or goes on in one. */
final class EpochOpening {
  private static final Logger logger = LoggerFactory.getLogger(EpochOpening.class);

  private final Surroundings around;
  private final CaptureSettings capture;
  private final DatabaseLogin hot;
  private final TransactionalLog log;
  private final SlotClaim claim;
  private final RunningGuard watch;
  private final Map<String, String> topicIds;
  private final Whose whose;

  /**
   * Whose history it is.
   *
   * @param installation its id
   * @param news what is to be said of it in the topics; null: they say it already
   */
  record Whose(UUID installation, @Nullable Installed news) {}

  /** How the rows of one epoch find their way. */
  private record Way(
      int epoch,
      CatalogReader catalog,
      TableVersions versions,
      Parking parking,
      Routes routes,
      PassedBeats beats) {}

  EpochOpening(
      Surroundings around,
      TransactionalLog log,
      SlotClaim claim,
      RunningGuard watch,
      Map<String, String> topicIds,
      Whose whose) {
    this.around = around;
    this.capture = around.settings().capture();
    this.hot = around.settings().hot().capture();
    this.log = log;
    this.claim = claim;
    this.watch = watch;
    this.topicIds = topicIds;
    this.whose = whose;
  }

  /**
   * @param verdict what the guard said of the rest
   */
  Work open(Verdict verdict, StoredState stored, HotState state) throws Exception {
    return verdict instanceof Verdict.Begin begin
        ? begin(begin, stored, state)
        : resume((Verdict.Resume) verdict, stored, state);
  }

  private Work begin(Verdict.Begin verdict, StoredState stored, HotState state) throws Exception {
    if (verdict.hold() != null) {
      around.holds().hold(PurgeHolds.EVERYTHING, verdict.hold());
    }
    OldEpoch old = new OldEpoch(around, log, tables());
    old.refuseHiddenRows();
    if (verdict.lost()) {
      old.keepLost(stored, state);
    }
    // With the epoch's announcement: before it, the topics are the old database's.
    tellWhose();
    HotState.Database database = state.database();
    Epoch epoch =
        Epoch.beginning(
            verdict.number(), database.systemId(), database.timeline(), log.positions());
    log.forgetOffset();
    log.schema(new EpochState(epoch));
    log.commit();
    HeartbeatWriter.announce(hot, capture.slot(), epoch.number());
    around.failPoint().reached(FailPoint.Place.ANNOUNCED, null);
    if (verdict.dropSlot()) {
      new HotInspection(hot, capture).dropSlot();
    }
    logger.info("epoch {} begins with a snapshot", epoch.number());
    SlotSnapshot source = SlotSnapshot.create(hot, capture.slot(), tables());
    try {
      around.failPoint().reached(FailPoint.Place.SLOT_MADE, null);
      // As it was before the slot was made: what changes meanwhile is a gap, or looks like one.
      return copying(
          epoch, source, state.published(), way(epoch.number(), stored, verdict.floor(), Map.of()));
    } catch (RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }

  private void tellWhose() {
    @Nullable Installed news = whose.news();
    if (news != null) {
      log.schema(news);
    }
  }

  private List<TableId> tables() {
    return around.tables().stream().map(PolicyTable::table).toList();
  }

  private Work copying(Epoch epoch, SlotSnapshot source, Published published, Way way) {
    SourceOffset offset =
        new SourceOffset(
                source.lsn(), null, 0, epoch.number(), epoch.systemId(), epoch.timeline(), topicIds)
            .of(published)
            .of(whose.installation());
    Snapshot snapshot =
        new Snapshot(
            source,
            log,
            rows(way),
            way.routes(),
            around.tables(),
            around.failPoint(),
            new Snapshot.Limits(capture.transactionRecords(), capture.transactionTime()));
    return new CaptureWork(
        log,
        List.of(claim, way.catalog()),
        new CaptureWork.Copying(source, snapshot, () -> snapshot.finish(epoch, offset)),
        () -> {
          // Before anything of the stream is looked at: what is found from now on is held anew.
          around.holds().endForTables();
          around.metrics().streams();
          return streaming(offset, way);
        });
  }

  private Work resume(Verdict.Resume verdict, StoredState stored, HotState state)
      throws SQLException {
    SourceOffset offset = verdict.offset();
    tellWhose();
    log.commit();
    tellFailover(stored, offset);
    if (offset.published().shapes().isEmpty()) {
      logger.info(
          "what publication {} publishes, or what its tables are, was not kept before and is taken"
              + " as it is now",
          capture.publication());
    }
    HotState.@Nullable Slot slot = state.slot();
    if (slot != null && !slot.failover()) {
      new HotInspection(hot, capture).letStandbysCopySlot();
      logger.info("standbys of hot may keep copies of slot {} from now on", capture.slot());
    }
    Way way = way(offset.epoch(), stored, 0, stored.parked());
    way.parking().holdAgain();
    for (Map.Entry<TableId, String> trouble : verdict.troubles().entrySet()) {
      hold(trouble.getKey(), trouble.getValue(), offset.epoch());
    }
    for (PolicyTable table : around.tables()) {
      TableId id = table.table();
      if (!offset.topicIds().containsKey(around.settings().topics().table(id))) {
        String reason =
            "Table %s is new in the policy: its older rows are not copied yet: run './archive capture --new-epoch'."
                .formatted(id);
        hold(id, reason, offset.epoch());
        Catalog.@Nullable Description now = state.tables().get(id);
        if (now != null && !verdict.troubles().containsKey(id)) {
          // Its oid is known from now on, whatever it is called when its first change comes.
          way.routes().snapshot(id, now.captured(table.exclude()), now);
        }
      }
    }
    SourceOffset from =
        offset
            .with(topicIds)
            .of(offset.published().followedBy(state.published()))
            .of(whose.installation());
    return new CaptureWork(log, List.of(claim, way.catalog()), null, () -> streaming(from, way));
  }

  private void tellFailover(StoredState stored, SourceOffset offset) {
    @Nullable SourceOffset before = stored.offset();
    if (before != null && before.timeline() != offset.timeline()) {
      String told =
          "Hot failed over from timeline %d to %d; everything that Kafka has is in its history, and epoch %d goes on from %s."
              .formatted(
                  before.timeline(), offset.timeline(), offset.epoch(), Lsn.text(offset.lsn()));
      logger.warn("{}", told);
      log.alarm(
          new Alarm("failover", null, told, new Place(offset.lsn(), 0, 0, null), offset.epoch()));
      around.metrics().alarmed();
    }
  }

  private void hold(TableId table, String reason, int epoch) throws SQLException {
    if (around.holds().hold(table.toString(), reason)) {
      log.alarm(RunningGuard.alarm(table, reason, epoch));
      around.metrics().alarmed();
    }
  }

  private Way way(int epoch, StoredState stored, int floor, Map<TableId, String> parked) {
    CatalogReader catalog = new CatalogReader(hot);
    TableVersions versions = new TableVersions(stored.versions(), log, around.holds(), floor);
    Parking parking =
        new Parking(parked, log, around.holds(), around.metrics(), around.failPoint(), epoch);
    Routes routes =
        new Routes(around.settings().topics(), around.tables(), catalog, versions, parking, epoch);
    return new Way(
        epoch, catalog, versions, parking, routes, new PassedBeats(capture.slot(), epoch));
  }

  private RowWriter rows(Way way) {
    return new RowWriter(
        log,
        way.routes(),
        way.parking(),
        way.beats(),
        around.metrics(),
        way.epoch(),
        around.settings().prefix());
  }

  private CaptureWork.Streaming streaming(SourceOffset offset, Way way) throws Exception {
    checkSlot(offset);
    DebeziumStream stream = DebeziumStream.start(around.settings(), around.tables(), offset.lsn());
    boolean streaming = false;
    try {
      // Where there was no slot any more the connector has made one, at the end of the WAL. From
      // here on it is in use and stays.
      checkSlot(offset);
      CaptureWork.Streaming all = streaming(stream, offset, way);
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

  private CaptureWork.Streaming streaming(DebeziumStream stream, SourceOffset offset, Way way)
      throws Exception {
    // Hot shows that the slot is in use.
    Closing.quietly(claim);
    watch.knows(new RunningGuard.Captured(way.versions(), way.parking()), offset.published());
    ChangeRelay relay =
        new ChangeRelay(
            log,
            stream,
            rows(way),
            way.beats(),
            new ChangeRelay.Limits(capture.transactionRecords(), capture.transactionTime()),
            around.failPoint(),
            offset);
    HeartbeatWriter heartbeat =
        HeartbeatWriter.start(hot, capture, way.epoch(), way.beats(), around.metrics(), watch);
    logger.info("epoch {} streams from {}", way.epoch(), Lsn.text(offset.lsn()));
    return new CaptureWork.Streaming(
        stream,
        relay,
        heartbeat,
        () -> {
          watch.passOn(log, around.metrics(), way.epoch());
          relay.published(watch.published());
        });
  }
}
