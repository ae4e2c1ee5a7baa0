package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.PurgeSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Settled, cold rows that may leave hot. */
final class PurgeJudge {
  private PurgeJudge() {}

  static HopStatus judge(Measurement now, Expected expected) {
    @Nullable Long eligible =
        now.tables().stream().anyMatch(one -> one.eligibleRows() != null)
            ? Long.valueOf(
                now.tables().stream()
                    .map(TableSeen::eligibleRows)
                    .filter(Objects::nonNull)
                    .mapToLong(Long::longValue)
                    .sum())
            : null;
    return verdict(now, expected, eligible).on(Hop.PURGE, null, eligible, null);
  }

  private static Verdict verdict(Measurement now, Expected expected, @Nullable Long eligible) {
    if (expected.draft()) {
      return Verdict.ok("the policy is a draft, so that nothing is purged");
    }
    PurgeSeen purge = now.purge();
    if (purge == null) {
      return Verdict.of(HopState.UNKNOWN, "hot, which would show it, cannot be asked", null);
    }
    if (!purge.running()) {
      return Verdict.of(HopState.DOWN, "no worker is connected to hot", "./archive purge");
    }
    Double silent = purge.silentSeconds();
    double longest = expected.purgeStep().toMillis() / 1e3;
    if (silent != null && silent > longest) {
      return Verdict.of(
          HopState.STALLED,
          "a worker is connected, but has not asked hot for the time for "
              + Words.seconds(silent)
              + ": it hangs",
          "restart './archive purge'");
    }
    Verdict held = held(now, purge);
    if (held != null) {
      return held;
    }
    OpenSeen open = now.open();
    if (open == null) {
      return Verdict.of(
          HopState.UNKNOWN, "the archive, which would show it, cannot be asked", null);
    }
    if (open.openPages() > 0) {
      return Verdict.of(
          HopState.STALLED,
          "of %s journal pages it is not known whether hot deleted them"
              .formatted(Words.count(open.openPages())),
          "./archive purge status");
    }
    if (open.alarms() > 0) {
      return Verdict.of(
          HopState.STALLED,
          Words.count(open.alarms()) + " alarms are open, and nobody has looked",
          "./archive alarms list");
    }
    return Verdict.ok(
        "a worker runs"
            + (eligible == null
                ? ""
                : "; "
                    + Words.count(eligible)
                    + " rows were settled and cold when last counted (every 10 min)"));
  }

  private static @Nullable Verdict held(Measurement now, PurgeSeen purge) {
    if (!purge.holds().isEmpty()) {
      return Verdict.of(HopState.STALLED, "everything is " + purge.holds().get(0), purge.resume());
    }
    String tables =
        now.tables().stream()
            .filter(one -> !one.holds().isEmpty())
            .map(one -> "table " + one.table() + " is " + one.holds().get(0))
            .collect(Collectors.joining(" "));
    return tables.isEmpty() ? null : Verdict.of(HopState.STALLED, tables, purge.resume());
  }
}
