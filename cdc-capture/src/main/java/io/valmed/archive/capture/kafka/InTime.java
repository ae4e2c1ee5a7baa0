package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.runtime.settings.CaptureSettings;

/** Commits before a Kafka transaction grows too large or is open for too long. */
final class InTime {
  private final ChangeLog log;
  private final CaptureSettings limits;
  private long appended;
  private long openedNanos;

  InTime(ChangeLog log, CaptureSettings limits) {
    this.log = log;
    this.limits = limits;
  }

  /** One more record has been appended. */
  void appended() {
    if (appended == 0) {
      openedNanos = System.nanoTime();
    }
    appended++;
    if (appended >= limits.transactionRecords()) {
      commit();
    }
  }

  /** The broker gives up on a transaction that stays open while the rest is read. */
  void read() {
    if (appended > 0 && System.nanoTime() - openedNanos > limits.transactionTime().toNanos()) {
      commit();
    }
  }

  private void commit() {
    appended = 0;
    log.commit();
  }
}
