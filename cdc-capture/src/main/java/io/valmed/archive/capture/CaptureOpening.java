package io.valmed.archive.capture;

import io.valmed.archive.capture.StartGuard.Verdict;
import io.valmed.archive.capture.debezium.DebeziumStream;
import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.kafka.TopicProvisioning;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.postgres.CatalogReader;
import io.valmed.archive.capture.postgres.HeartbeatWriter;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotSnapshot;
import io.valmed.archive.model.Epoch;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.Positions;
import io.valmed.archive.model.SchemaRecord.EpochState;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.DatabaseLogin;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens capture's work: fences other writers, asks where things stand, begins or goes on. */
final class CaptureOpening implements Work.Source {
  private static final Logger log = LoggerFactory.getLogger(CaptureOpening.class);
  private final Settings settings;
  private final CaptureSettings capture;
  private final DatabaseLogin hot;
  private final CaptureMetrics metrics;
  private final FailPoint failPoint;
  private final List<PolicyTable> tables;
  private final PurgeHolds holds;
  private CaptureOptions options;

  /** What one opening has at hand. */
  private record Parts(
      TransactionalLog log,
      CatalogReader catalog,
      TableVersions versions,
      HotState state,
      Map<String, String> topicIds) {}

  CaptureOpening(
      Settings settings,
      CaptureOptions options,
      CaptureMetrics metrics,
      FailPoint failPoint,
      PurgeHolds holds) {
    this.settings = settings;
    this.capture = settings.capture();
    this.hot = settings.hot().capture();
    this.options = options;
    this.metrics = metrics;
    this.failPoint = failPoint;
    this.tables = Capture.tables(settings);
    this.holds = holds;
  }

  @Override
  public Work open() throws Exception {
    metrics.opened();
    HotInspection inspection = new HotInspection(hot, capture);
    HotState state = inspection.inspect(tables);
    refuseWhileRead(state);
    TopicProvisioning topics = new TopicProvisioning(settings.kafka(), settings.topics());
    topics.ensureOwn();
    TransactionalLog changes = TransactionalLog.open(settings, metrics);
    try {
      StoredState stored = new KafkaHistory(settings).read();
      Verdict verdict =
          new StartGuard(capture.slot(), capture.publication(), tables)
              .judge(stored, state, options);
      Map<String, String> topicIds =
          topics.ensureTables(
              tables,
              verdict instanceof Verdict.Resume resume ? resume.offset().topicIds() : Map.of());
      changes.countFrom(topicIds.keySet());
      Parts parts =
          new Parts(
              changes,
              new CatalogReader(hot),
              new TableVersions(stored.versions(), changes, holds),
              state,
              topicIds);
      return verdict instanceof Verdict.Begin begin
          ? begin(begin, inspection, parts)
          : resume(((Verdict.Resume) verdict).offset(), parts);
    } catch (Exception | Error e) {
      changes.close();
      throw e;
    }
  }

  /** Another capture that reads from the slot now is waited for, not fenced off. */
  private void refuseWhileRead(HotState state) throws TimeoutException {
    HotState.Slot slot = state.slot();
    if (slot != null && slot.activePid() != 0) {
      throw new TimeoutException(
          "the replication slot "
              + capture.slot()
              + " is in use by hot's process "
              + slot.activePid());
    }
  }

  private Work begin(Verdict.Begin verdict, HotInspection inspection, Parts parts)
      throws Exception {
    if (verdict.hold() != null) {
      holds.hold(PurgeHolds.EVERYTHING, verdict.hold());
    }
    Epoch epoch =
        new Epoch(
            verdict.number(),
            parts.state().systemId(),
            parts.state().timeline(),
            false,
            Positions.NONE);
    parts.log().forgetOffset();
    parts.log().schema(new EpochState(epoch));
    parts.log().commit();
    options = CaptureOptions.NONE;
    if (verdict.dropSlot()) {
      inspection.dropSlot();
    }
    log.info("epoch {} begins with a snapshot", epoch.number());
    SlotSnapshot source = SlotSnapshot.create(hot, capture.slot());
    SourceOffset offset =
        new SourceOffset(
            source.lsn(),
            null,
            epoch.number(),
            epoch.systemId(),
            epoch.timeline(),
            parts.topicIds());
    PassedBeats beats = new PassedBeats(capture.slot(), epoch.number());
    Routes routes = routes(parts, epoch.number());
    Snapshot snapshot =
        new Snapshot(
            source,
            parts.log(),
            new RowWriter(parts.log(), routes, beats, metrics, epoch.number()),
            routes,
            tables,
            failPoint,
            capture.transactionRecords());
    return new CaptureWork(
        parts.log(),
        List.of(parts.catalog()),
        new CaptureWork.Copying(source, snapshot, () -> snapshot.finish(epoch, offset)),
        () -> streaming(offset, routes, beats, parts));
  }

  private Work resume(SourceOffset offset, Parts parts) {
    PassedBeats beats = new PassedBeats(capture.slot(), offset.epoch());
    Routes routes = routes(parts, offset.epoch());
    return new CaptureWork(
        parts.log(), List.of(parts.catalog()), null, () -> streaming(offset, routes, beats, parts));
  }

  private Routes routes(Parts parts, int epoch) {
    return new Routes(settings.topics(), tables, parts.catalog(), parts.versions(), epoch);
  }

  /** Tables that are published but not in the policy come through too, to be alarmed about. */
  private static Set<TableId> streamed(SourceOffset offset, Routes routes, Parts parts) {
    SourceOffset.Part part = offset.part();
    if (part != null) {
      return part.streamed();
    }
    Set<TableId> streamed = new TreeSet<>(routes.tables());
    HotState.Publication publication = parts.state().publication();
    if (publication != null) {
      streamed.addAll(publication.tables().keySet());
    }
    return streamed;
  }

  private CaptureWork.Streaming streaming(
      SourceOffset offset, Routes routes, PassedBeats beats, Parts parts) throws Exception {
    DebeziumStream stream =
        DebeziumStream.start(settings, tables, streamed(offset, routes, parts), offset.lsn());
    HeartbeatWriter heartbeat = HeartbeatWriter.start(hot, capture, offset.epoch(), beats, metrics);
    ChangeRelay relay =
        new ChangeRelay(
            parts.log(),
            stream,
            new RowWriter(parts.log(), routes, beats, metrics, offset.epoch()),
            beats,
            new ChangeRelay.Limits(capture.transactionRecords(), capture.transactionTime()),
            failPoint,
            offset);
    log.info("epoch {} streams from {}", offset.epoch(), Lsn.text(offset.lsn()));
    return new CaptureWork.Streaming(stream, relay, heartbeat);
  }
}
