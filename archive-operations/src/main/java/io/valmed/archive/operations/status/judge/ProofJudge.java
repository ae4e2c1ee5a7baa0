package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Measurement.TripSeen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The archived copies compared with hot. */
final class ProofJudge {
  private ProofJudge() {}

  static HopStatus judge(Measurement now, Expected expected) {
    TripSeen trip = now.trip();
    return verdict(now, expected)
        .on(Hop.PROOF, trip == null ? null : trip.provenSeconds(), null, null);
  }

  private static Verdict verdict(Measurement now, Expected expected) {
    OpenSeen open = now.open();
    if (open == null) {
      return Verdict.of(
          HopState.UNKNOWN, "the archive, which would show it, cannot be asked", null);
    }
    if (open.unwitnessedRows() > 0) {
      return Verdict.of(
          HopState.STALLED,
          "%s rows were purged and have not come to the cold store in time"
              .formatted(Words.count(open.unwitnessedRows())),
          "see that capture and sink run, then './archive purge repair'");
    }
    List<String> differing = named(now, "differs");
    if (!differing.isEmpty()) {
      return Verdict.of(
          HopState.STALLED,
          "hot and archive differ in " + String.join(", ", differing),
          "./archive verify");
    }
    List<String> unread = named(now, "unread");
    if (!unread.isEmpty()) {
      return Verdict.of(
          HopState.UNKNOWN,
          "could not be compared: " + String.join(", ", unread),
          "./archive verify");
    }
    Verdict stale = stale(now, expected);
    return stale == null ? archived(now) : stale;
  }

  private static Verdict archived(Measurement now) {
    TripSeen trip = now.trip();
    Double proven = trip == null ? null : trip.provenSeconds();
    long never = now.tables().stream().filter(one -> one.verified().equals("never")).count();
    String compared =
        never == 0
            ? "; every table was found equal"
            : "; " + never + " of " + now.tables().size() + " tables were not compared yet";
    if (trip == null) {
      return now.slot() == null
          ? Verdict.of(HopState.UNKNOWN, "hot, which would show it, cannot be asked", null)
          : Verdict.ok("nothing was captured yet");
    }
    return proven == null
        ? Verdict.ok("it is not known yet up to when everything is archived" + compared)
        : Verdict.ok("everything is archived up to " + Words.seconds(proven) + " ago" + compared);
  }

  private static @Nullable Verdict stale(Measurement now, Expected expected) {
    Duration every = expected.verifyEvery();
    if (every == null || expected.draft()) {
      return null;
    }
    Instant due = now.at().minus(every.multipliedBy(2)).minus(Duration.ofHours(1));
    String late =
        now.tables().stream()
            .filter(one -> one.verifiedAt() != null && one.verifiedAt().isBefore(due))
            .map(TableSeen::table)
            .collect(Collectors.joining(", "));
    return late.isEmpty()
        ? null
        : Verdict.of(
            HopState.FALLING_BEHIND,
            "should have been compared with hot long ago: " + late,
            "see that './archive purge' runs, or './archive verify'");
  }

  private static List<String> named(Measurement now, String result) {
    return now.tables().stream()
        .filter(one -> one.verified().equals(result))
        .map(TableSeen::table)
        .toList();
  }
}
