package io.valmed.archive.capture.epoch;

import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.phase.CaptureWork;
import io.valmed.archive.capture.phase.StreamPhase;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotClaim;
import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.capture.start.RunningGuard;
import io.valmed.archive.capture.start.StartGuard.Verdict;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on in an epoch, or leaves it to {@link NewEpoch} to begin one. */
public final class EpochOpening {
  private static final Logger logger = LoggerFactory.getLogger(EpochOpening.class);

  private final Surroundings around;
  private final CaptureSettings capture;
  private final DatabaseLogin hot;
  private final TransactionalLog log;
  private final SlotClaim claim;
  private final EpochStream stream;
  private final Map<String, String> topicIds;
  private final Whose whose;

  /**
   * Whose history it is.
   *
   * @param installation its id
   * @param news what is to be said of it in the topics; null: they say it already
   */
  public record Whose(UUID installation, @Nullable Installed news) {

    public void tell(ChangeLog log) {
      @Nullable Installed told = news;
      if (told != null) {
        log.schema(told);
      }
    }
  }

  public EpochOpening(
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
    this.stream = new EpochStream(around, log, claim, watch);
    this.topicIds = topicIds;
    this.whose = whose;
  }

  /**
   * @param verdict what the guard said of the rest
   */
  public Work open(Verdict verdict, StoredState stored, HotState state) throws Exception {
    return verdict instanceof Verdict.Begin begin
        ? new NewEpoch(around, log, claim, stream, topicIds, whose).begin(begin, stored, state)
        : resume((Verdict.Resume) verdict, stored, state);
  }

  private Work resume(Verdict.Resume verdict, StoredState stored, HotState state)
      throws SQLException {
    SourceOffset offset = verdict.offset();
    whose.tell(log);
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
    EpochStream.Way way = stream.way(offset.epoch(), stored, 0, stored.parked());
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
    return new CaptureWork(
        log,
        List.of(claim, way.catalog()),
        new StreamPhase(
            () -> {
              if (stored.parkedEver()) {
                stream.bringParkedHome(from.epoch());
              }
              return stream.streaming(from, way);
            }));
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
}
