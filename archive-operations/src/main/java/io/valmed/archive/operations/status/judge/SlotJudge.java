package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.ServerSeen;
import io.valmed.archive.operations.status.Measurement.SlotSeen;
import io.valmed.archive.operations.status.Motion;
import org.jspecify.annotations.Nullable;

/** Hot itself, and the WAL that it keeps for the slot. */
final class SlotJudge {
  private static final String NEW_EPOCH = "./archive capture --new-epoch";
  private static final double SOON = 3600;
  private static final double RECENT = 30;

  private SlotJudge() {}

  static HopStatus judge(Window window, Motion motion) {
    Measurement now = window.newest();
    SlotSeen slot = now.slot();
    @Nullable Long retained = slot == null || !slot.exists() ? null : slot.retainedBytes();
    return verdict(window, motion).on(Hop.SLOT, null, null, retained);
  }

  private static Verdict verdict(Window window, Motion motion) {
    Measurement now = window.newest();
    SlotSeen slot = now.slot();
    if (slot == null) {
      return away(now, "hot");
    }
    if (!slot.exists()) {
      return now.trip() == null
          ? Verdict.ok("there is no slot yet: capture makes it when it first starts")
          : now.capture() != null && now.capture().snapshot() != null
              ? Verdict.catchingUp(null, "the slot is made anew with the new epoch")
              : Verdict.of(
                  HopState.DOWN,
                  "slot " + slot.name() + " is gone, so changes are lost",
                  NEW_EPOCH);
    }
    if ("lost".equals(slot.walStatus())) {
      return Verdict.of(
          HopState.DOWN,
          "PostgreSQL has given up slot " + slot.name() + ", so changes are lost",
          NEW_EPOCH);
    }
    Long safe = slot.safeBytes();
    String keeps = "hot keeps " + Words.bytes(slot.retainedBytes()) + " of WAL";
    if (safe == null) {
      return Verdict.ok(keeps + "; it has no limit (max_slot_wal_keep_size)");
    }
    String limit = keeps + ", " + Words.bytes(Math.max(0, safe)) + " more until the slot is lost";
    @Nullable Double left = safe <= 0 ? Double.valueOf(0) : motion.horizonSeconds();
    if (left != null) {
      limit += ", in " + Words.seconds(left) + " at this rate";
    }
    boolean unreserved = "unreserved".equals(slot.walStatus()) || safe <= 0;
    boolean near = left != null && left < SOON && approaches(window, safe);
    return unreserved || near
        ? Verdict.of(
            HopState.FALLING_BEHIND,
            limit,
            slot.active()
                ? "see why capture does not keep up ('./archive lag'), or raise max_slot_wal_keep_size on hot and reload it"
                : "./archive capture")
        : Verdict.ok(limit);
  }

  /** Whether what is left until the slot is lost has shrunk, and the slot has not moved. */
  private static boolean approaches(Window window, long safe) {
    Measurement then =
        window.oldest(RECENT, one -> one.slot() == null ? null : one.slot().safeBytes());
    Long before = then == null || then.slot() == null ? null : then.slot().safeBytes();
    SlotSeen now = window.newest().slot();
    return before != null
        && now != null
        && safe < before
        && (now.retainedBytes() > safe || !now.active());
  }

  /** What a server that cannot be asked leaves to say. */
  static Verdict away(Measurement now, String server) {
    ServerSeen seen = server(now, server);
    String trouble = seen == null ? null : seen.trouble();
    String where = server + (seen == null ? "" : " (" + seen.address() + ")");
    if (trouble == null) {
      return Verdict.of(HopState.UNKNOWN, where + " was not asked yet", null);
    }
    return seen != null && seen.refused()
        ? Verdict.of(HopState.UNKNOWN, where + " cannot be asked: " + trouble, "./archive doctor")
        : Verdict.of(
            HopState.DOWN,
            where + " does not answer: " + trouble,
            "see that "
                + server
                + " runs and can be reached from here; './archive doctor' says more");
  }

  private static @Nullable ServerSeen server(Measurement now, String server) {
    return now.servers().stream()
        .filter(one -> one.server().equals(server))
        .findFirst()
        .orElse(null);
  }
}
