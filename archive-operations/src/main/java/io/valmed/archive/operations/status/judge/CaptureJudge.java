package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.CaptureSeen;
import io.valmed.archive.operations.status.Measurement.PartitionSeen;
import io.valmed.archive.operations.status.Measurement.SlotSeen;
import io.valmed.archive.operations.status.Measurement.TripSeen;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From hot's WAL into Kafka. */
final class CaptureJudge {
  private static final String START = "./archive capture";
  private static final double STANDS = 6;
  private static final double RECENT = 30;

  private final Window window;
  private final Expected expected;
  private final Measurement now;

  CaptureJudge(Window window, Expected expected) {
    this.window = window;
    this.expected = expected;
    this.now = window.newest();
  }

  HopStatus judge() {
    CaptureSeen capture = now.capture();
    SlotSeen slot = now.slot();
    @Nullable Long behind =
        capture == null || slot == null || !slot.exists() ? null : capture.bytesBehind();
    return verdict()
        .on(Hop.CAPTURE, capture == null ? null : capture.passedSeconds(), null, behind);
  }

  private Verdict verdict() {
    SlotSeen slot = now.slot();
    CaptureSeen capture = now.capture();
    if (slot == null || capture == null) {
      return Verdict.of(HopState.UNKNOWN, "hot, which would show it, cannot be asked", null);
    }
    TripSeen trip = now.trip();
    if (trip == null && !slot.active()) {
      return Verdict.of(HopState.DOWN, "it has not run yet", START);
    }
    String snapshot = capture.snapshot();
    if (snapshot != null) {
      return Verdict.catchingUp(null, snapshot);
    }
    if (!slot.exists() || !slot.active()) {
      return Verdict.of(
          HopState.DOWN,
          slot.exists()
              ? "nobody reads slot " + slot.name() + ", and hot keeps its WAL"
              : "it has no slot to read",
          slot.exists() && !"lost".equals(slot.walStatus()) ? START : START + " --new-epoch");
    }
    if (trip != null && trip.hotSeconds() > expected.late()) {
      return Verdict.of(
          HopState.STALLED,
          "it holds slot %s, but has written no heartbeat for %s: it hangs, cannot write to hot, or reads what the slot has from before a new epoch"
              .formatted(slot.name(), Words.seconds(trip.hotSeconds())),
          "see its log; where that names a new epoch, wait, else restart './archive capture'");
    }
    return flow(slot, capture).or(parked());
  }

  private @Nullable Verdict parked() {
    List<String> parked = now.open() == null ? List.of() : now.open().parked();
    return parked.isEmpty()
        ? null
        : Verdict.of(
            HopState.STALLED,
            "it has stopped table " + String.join(", ", parked) + " alone",
            "./archive doctor");
  }

  private Verdict flow(SlotSeen slot, CaptureSeen capture) {
    Double passed = capture.passedSeconds();
    @Nullable String decoding = decoding();
    if (passed != null && passed <= expected.flight()) {
      return Verdict.ok(
          "reads slot %s, %s behind%s"
              .formatted(
                  slot.name(), Words.seconds(passed), decoding == null ? "" : "; " + decoding));
    }
    String behind =
        passed == null
            ? "no heartbeat has come through yet in this epoch"
            : "it is %s and %s behind"
                .formatted(Words.seconds(passed), Words.bytes(capture.bytesBehind()));
    if (decoding != null) {
      return Verdict.catchingUp(null, behind + ": " + decoding);
    }
    Measurement then = window.before(STANDS, CaptureJudge::reading);
    if (then == null) {
      return Verdict.catchingUp(null, behind + ", and was not watched for long enough to say more");
    }
    if (!moved(then)) {
      return Verdict.of(
          HopState.STALLED,
          behind + ", and nothing has come through for " + Words.seconds(window.secondsSince(then)),
          "see capture's log, and whether Kafka takes records: './archive doctor'");
    }
    return trend(behind, capture);
  }

  /** A measurement in which capture read the slot. */
  private static @Nullable Object reading(Measurement one) {
    return one.slot() != null && one.slot().active() ? one.capture() : null;
  }

  private boolean moved(Measurement then) {
    return confirmed(now) > confirmed(then)
        || written(now) > written(then)
        || spilled(now) > spilled(then);
  }

  private Verdict trend(String behind, CaptureSeen capture) {
    Measurement then = window.oldest(RECENT, CaptureJudge::reading);
    double seconds = then == null ? 0 : window.secondsSince(then);
    double closing =
        then == null || then.capture() == null || seconds <= 0
            ? 0
            : (then.capture().bytesBehind() - capture.bytesBehind()) / seconds;
    if (closing > 0) {
      return Verdict.catchingUp(capture.bytesBehind() / closing, behind + ", and gets nearer");
    }
    double written =
        then == null || then.slot() == null || now.slot() == null || seconds <= 0
            ? 0
            : (now.slot().walLsn() - then.slot().walLsn()) / seconds;
    return -closing <= written * SinkJudge.KEEPS
        ? Verdict.catchingUp(null, behind + ", and keeps pace")
        : Verdict.of(
            HopState.FALLING_BEHIND,
            behind + ", and gets further behind",
            "hot writes faster than capture reads: see './archive lag --watch'; let large jobs on hot pause");
  }

  /** A large transaction that is under way, in words; null: none is seen. */
  @Nullable String decoding() {
    Measurement then = window.before(4, CaptureJudge::reading);
    if (then == null || now.capture() == null || reading(now) == null) {
      return null;
    }
    long open =
        now.partitions().stream().mapToLong(one -> Math.max(0, one.written() - one.end())).sum();
    boolean lasts =
        !now.partitions().isEmpty()
            && window.all().stream()
                .filter(one -> window.secondsSince(one) <= window.secondsSince(then))
                .allMatch(CaptureJudge::transactionOpen);
    if (lasts && open > 0 && written(now) > written(then) && !passes(then)) {
      return "a large transaction is written to Kafka, %s records so far"
          .formatted(Words.count(open));
    }
    long spilled = spilled(now) - spilled(then);
    return spilled > 0
        ? "PostgreSQL decodes a large transaction (%s to its disk in %s)"
            .formatted(Words.bytes(spilled), Words.seconds(window.secondsSince(then)))
        : null;
  }

  /** Whether capture has ended transactions since. */
  private boolean passes(Measurement then) {
    return now.partitions().stream().mapToLong(PartitionSeen::end).sum()
        > then.partitions().stream().mapToLong(PartitionSeen::end).sum();
  }

  private static boolean transactionOpen(Measurement one) {
    return one.partitions().stream().anyMatch(p -> p.written() > p.end());
  }

  private static long confirmed(Measurement one) {
    return one.slot() == null || one.capture() == null
        ? 0
        : one.slot().walLsn() - one.capture().bytesBehind();
  }

  private static long spilled(Measurement one) {
    return one.capture() == null ? 0 : one.capture().spilledBytes();
  }

  private static long written(Measurement one) {
    return one.partitions().stream().mapToLong(PartitionSeen::written).sum();
  }
}
