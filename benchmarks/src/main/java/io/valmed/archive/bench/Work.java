package io.valmed.archive.bench;

import io.valmed.archive.bench.contest.CaptureContest;
import io.valmed.archive.bench.contest.Contest;
import io.valmed.archive.bench.contest.PipelineContest;
import io.valmed.archive.bench.contest.PurgeContest;
import io.valmed.archive.bench.contest.SinkContest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What can be measured. */
enum Work {
  CAPTURE,
  SINK,
  PIPELINE,
  PURGE,
  /** The four contests above. */
  ALL,
  /** How the rates hold as the archive grows. */
  GROWTH,
  /** How soon each service is ready. */
  STARTUP,
  /** Rows of a megabyte each, with the same small heaps. */
  WIDE;

  /** As an operator writes it. */
  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Work::word).toList();
  }

  static Optional<Work> named(String word) {
    return Arrays.stream(values()).filter(work -> work.word().equals(word)).findFirst();
  }

  /**
   * The contests among what is wanted, in the order in which they are run.
   *
   * @param peers whether peers that are resolved from a registry take part
   */
  static List<Contest> contests(Set<Work> wanted, boolean peers) {
    List<Contest> all =
        List.of(
            new CaptureContest(peers),
            new SinkContest(),
            new PipelineContest(peers),
            new PurgeContest());
    return all.stream()
        .filter(
            contest ->
                wanted.contains(ALL)
                    || wanted.stream().anyMatch(work -> work.word().equals(contest.key())))
        .toList();
  }
}
