package io.valmed.archive.cli.look;

import io.valmed.archive.operations.status.Measurement.PartitionSeen;
import io.valmed.archive.operations.status.Motion.PartitionMotion;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.judge.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lag of each table and partition as text. */
final class LagScreen {
  private static final String UNKNOWN = "?";

  private LagScreen() {}

  static String of(Status status) {
    List<String> lines = new ArrayList<>();
    lines.add(status.sentence());
    lines.add("");
    lines.add("%-48s %12s %10s".formatted("table", "records", "behind"));
    status
        .motion()
        .tables()
        .forEach(
            lag ->
                lines.add(
                    "%-48s %12s %10s"
                        .formatted(lag.table(), count(lag.records()), seconds(lag.seconds()))));
    lines.add("");
    lines.add(
        "%-48s %14s %14s %10s %10s %8s"
            .formatted("topic/partition", "end", "archive", "records", "a second", "behind"));
    partitions(status, lines);
    return String.join(System.lineSeparator(), lines);
  }

  private static void partitions(Status status, List<String> lines) {
    Map<String, PartitionMotion> motions = new HashMap<>();
    status
        .motion()
        .partitions()
        .forEach(one -> motions.put(one.topic() + "/" + one.partition(), one));
    boolean known = status.measured().sink() != null;
    for (PartitionSeen seen : status.measured().partitions()) {
      String name = seen.topic() + "/" + seen.partition();
      PartitionMotion motion = motions.get(name);
      @Nullable Double rate = motion == null ? null : motion.recordsPerSecond();
      lines.add(
          "%-48s %14s %14s %10s %10s %8s"
              .formatted(
                  name,
                  Words.count(seen.end()),
                  count(seen.position()),
                  known ? Words.count(seen.behind()) : UNKNOWN,
                  rate == null ? UNKNOWN : Words.count(Math.round(rate)),
                  seconds(motion == null ? null : motion.seconds())));
    }
  }

  private static String count(@Nullable Long count) {
    return count == null ? UNKNOWN : Words.count(count);
  }

  private static String seconds(@Nullable Double seconds) {
    return seconds == null ? UNKNOWN : Words.seconds(seconds);
  }
}
