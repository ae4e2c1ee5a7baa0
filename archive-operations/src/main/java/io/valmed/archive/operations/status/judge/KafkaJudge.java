package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.PartitionSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The brokers, and transactions that hang in them. */
final class KafkaJudge {
  private static final double HANGS = 45;

  private KafkaJudge() {}

  static HopStatus judge(Window window) {
    return verdict(window).on(Hop.KAFKA, null, null, null);
  }

  private static Verdict verdict(Window window) {
    Measurement now = window.newest();
    if (away(now)) {
      return SlotJudge.away(now, "kafka");
    }
    if (now.partitions().isEmpty()) {
      return now.trip() == null
          ? Verdict.ok("answers; there are no topics yet")
          : Verdict.of(
              HopState.DOWN,
              "answers, but none of the topics is there any more",
              "./archive doctor");
    }
    String missing = missing(now);
    if (!missing.isEmpty()) {
      return Verdict.of(
          HopState.STALLED, "answers, but has no topic of table " + missing, "./archive doctor");
    }
    PartitionSeen hanging = hanging(window);
    return hanging == null
        ? Verdict.ok("answers; " + now.partitions().size() + " partitions")
        : Verdict.of(
            HopState.STALLED,
            "a transaction in %s/%d has been open for longer than %s while others went on: what is behind it cannot be read"
                .formatted(hanging.topic(), hanging.partition(), Words.seconds(HANGS)),
            "./archive doctor");
  }

  /** Tables that capture has made a topic for, and that have none; capture has run. */
  private static String missing(Measurement now) {
    Set<String> there =
        now.partitions().stream()
            .map(PartitionSeen::table)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    return now.trip() == null
        ? ""
        : now.tables().stream()
            .map(TableSeen::table)
            .filter(table -> !there.contains(table))
            .collect(Collectors.joining(", "));
  }

  static boolean away(Measurement now) {
    return now.servers().stream()
        .anyMatch(one -> one.server().equals("kafka") && one.trouble() != null);
  }

  /**
   * A partition in which an open transaction has not moved for long, while capture has ended
   * others.
   */
  private static @Nullable PartitionSeen hanging(Window window) {
    Measurement then = window.before(HANGS, one -> one.partitions().isEmpty() ? null : one);
    if (then == null) {
      return null;
    }
    Map<String, PartitionSeen> before =
        then.partitions().stream().collect(Collectors.toMap(KafkaJudge::name, Function.identity()));
    PartitionSeen stuck = null;
    boolean others = false;
    for (PartitionSeen one : window.newest().partitions()) {
      PartitionSeen was = before.get(name(one));
      if (was == null) {
        continue;
      }
      others |= one.end() > was.end();
      if (one.written() > one.end() && one.end() == was.end() && was.written() > was.end()) {
        stuck = one;
      }
    }
    return others ? stuck : null;
  }

  static String name(PartitionSeen partition) {
    return partition.topic() + "/" + partition.partition();
  }
}
