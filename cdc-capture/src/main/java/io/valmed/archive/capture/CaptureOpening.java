package io.valmed.archive.capture;

import io.valmed.archive.capture.StartGuard.Verdict;
import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.kafka.TopicProvisioning;
import io.valmed.archive.capture.kafka.TransactionalLog;
import io.valmed.archive.capture.postgres.HotInspection;
import io.valmed.archive.capture.postgres.SlotClaim;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Opens capture's work: fences other writers, asks where things stand, begins or goes on. */
final class CaptureOpening implements Work.Source {
  private final Surroundings around;
  private final CaptureSettings capture;
  private CaptureOptions options;

  CaptureOpening(Surroundings around, CaptureOptions options) {
    this.around = around;
    this.capture = around.settings().capture();
    this.options = options;
  }

  @Override
  public Work open() throws Exception {
    around.metrics().opened();
    SlotClaim claim = SlotClaim.take(around.settings().hot().capture(), capture.slot());
    try {
      HotState state = inspection().inspect(around.tables());
      refuseWhileRead(state);
      return open(claim, state);
    } catch (Exception | Error e) {
      Closing.quietly(claim);
      throw e;
    }
  }

  private Work open(SlotClaim claim, HotState state) throws Exception {
    TopicProvisioning topics =
        new TopicProvisioning(around.settings().kafka(), around.settings().topics());
    topics.ensureOwn();
    TransactionalLog log = TransactionalLog.open(around.settings(), around.metrics());
    try {
      StoredState stored = new KafkaHistory(around.settings()).read();
      HotGuard guard = new HotGuard(capture.publication(), around.tables());
      Verdict verdict = new StartGuard(capture.slot(), guard).judge(stored, state, options);
      Map<String, String> known =
          verdict instanceof Verdict.Resume resume ? resume.offset().topicIds() : Map.of();
      Map<String, String> topicIds = topics.ensureTables(around.tables(), known);
      log.countFrom(topicIds.keySet());
      RunningGuard watch =
          new RunningGuard(
              () -> inspection().inspect(around.tables()),
              guard,
              state.database(),
              around.holds(),
              options.lookEvery());
      EpochOpening epoch = new EpochOpening(around, log, claim, watch, topicIds);
      Work work = epoch.open(verdict, stored, state);
      options = new CaptureOptions(false, options.lookEvery());
      return work;
    } catch (Exception | Error e) {
      log.close();
      throw e;
    }
  }

  private HotInspection inspection() {
    return new HotInspection(around.settings().hot().capture(), capture);
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
