package io.valmed.archive.capture;

import io.valmed.archive.capture.epoch.EpochOpening;
import io.valmed.archive.capture.epoch.Surroundings;
import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.kafka.TopicProvisioning;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.phase.Closing;
import io.valmed.archive.capture.postgres.FailoverWatch;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotClaim;
import io.valmed.archive.capture.start.HotGuard;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.capture.start.InstallationGuard;
import io.valmed.archive.capture.start.LogEnds;
import io.valmed.archive.capture.start.RunningGuard;
import io.valmed.archive.capture.start.StartGuard;
import io.valmed.archive.capture.start.StartGuard.Verdict;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens capture's work: fences other writers, asks where things stand, begins or goes on. */
public final class CaptureOpening implements Work.Source {
  private final Surroundings around;
  private final CaptureSettings capture;
  private CaptureOptions options;

  public CaptureOpening(Surroundings around, CaptureOptions options) {
    this.around = around;
    this.capture = around.settings().capture();
    this.options = options;
  }

  @Override
  public Work open() throws Exception {
    around.metrics().opened();
    Surroundings here = around.at(PrimaryHost.of(around.settings().hot().capture()));
    InstallationGuard installation = InstallationGuard.ask(here.settings());
    SlotClaim claim = SlotClaim.take(here.settings().hot().capture(), capture.slot());
    try {
      HotState state = inspection(here).inspect(here.tables());
      refuseWhileRead(state);
      return open(here, installation, claim, state);
    } catch (Exception | Error e) {
      Closing.quietly(claim);
      throw e;
    }
  }

  private Work open(
      Surroundings here, InstallationGuard installation, SlotClaim claim, HotState state)
      throws Exception {
    TopicProvisioning topics =
        new TopicProvisioning(here.settings().kafka(), here.settings().topics());
    topics.ensureOwn();
    TransactionalLog log = TransactionalLog.open(here.settings(), here.metrics(), options);
    try {
      StoredState stored = new KafkaHistory(here.settings()).read();
      @Nullable Installed whose = installation.compare(stored, options.newEpoch());
      HotGuard guard = new HotGuard(capture.publication(), here.tables());
      Verdict verdict = new StartGuard(capture.slot(), guard).judge(stored, state, options);
      Map<String, String> known =
          verdict instanceof Verdict.Resume resume ? resume.offset().topicIds() : Map.of();
      Map<String, String> topicIds = topics.ensureTables(here.tables(), known);
      LogEnds ends = LogEnds.known(stored, state);
      ends.check(verdict, log.countFrom(topicIds.keySet(), ends.known()));
      RunningGuard watch =
          new RunningGuard(look(here), guard, state.database(), here.holds(), options.lookEvery());
      EpochOpening epoch =
          new EpochOpening(
              here, log, claim, watch, topicIds, new EpochOpening.Whose(installation.id(), whose));
      Work work = epoch.open(verdict, stored, state);
      options = options.done();
      return work;
    } catch (Exception | Error e) {
      log.close();
      throw e;
    }
  }

  private RunningGuard.Look look(Surroundings here) throws SQLException {
    FailoverWatch failover = new FailoverWatch(here.settings().hot().capture(), capture.slot());
    failover.look();
    return () -> {
      failover.look();
      return inspection(here).inspect(here.tables());
    };
  }

  private HotInspection inspection(Surroundings here) {
    return new HotInspection(here.settings().hot().capture(), capture);
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
}
