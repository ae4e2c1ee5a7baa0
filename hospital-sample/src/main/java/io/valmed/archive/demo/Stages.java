package io.valmed.archive.demo;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.sample.LiveCounts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stages of the demo, each with its bar, each until it has come to its end. */
final class Stages {
  private final Pipeline pipeline;
  private final DemoChecks checks;
  private final Progress progress;
  private final Watch watch;

  Stages(Pipeline pipeline, DemoChecks checks, Progress progress) {
    this.pipeline = pipeline;
    this.checks = checks;
    this.progress = progress;
    this.watch = new Watch(pipeline);
  }

  /** Until capture watches: whatever hot commits from then on, it sees. */
  void watched() throws Exception {
    watch.until("capture to open its slot", () -> new Watch.Seen(checks.slotReady(), 0));
  }

  /**
   * Until everything that was in hot when this began is in the archive.
   *
   * @param loaded rows that were loaded
   */
  void archive(long loaded) throws Exception {
    long wanted = checks.hotPosition();
    Progress.Bar capture = progress.begin("capture", "rows", loaded);
    Progress.Bar archive = progress.begin("archive", "rows", loaded);
    watch.until(
        "the archive to catch up with hot",
        () -> {
          long expected = loaded + pipeline.live().rows();
          long captured = pipeline.captured();
          long applied = pipeline.applied();
          capture.at(captured, expected);
          archive.at(applied, expected);
          return new Watch.Seen(checks.caughtUp(wanted), captured + applied);
        });
    capture.end();
    archive.end();
  }

  /**
   * Does what an operator does about a hold that an earlier, interrupted run left: compares
   * everything, and lets purging go on if all is equal.
   */
  void release() throws Exception {
    List<String> holds = checks.holds();
    holds.forEach(hold -> progress.say("Purging is held: " + hold));
    if (!holds.isEmpty()) {
      progress.say("Comparing all of hot with the archive before purging goes on");
      checks.releaseIfEqual();
    }
  }

  /** Until no settled, cold aggregate is left in hot, while the wards go on. */
  void purge() throws Exception {
    long eligible = checks.eligible();
    pipeline.startPurge();
    Progress.Bar bar = progress.begin("purge", "aggregates", eligible);
    untilNothingIsEligible(bar, eligible);
    bar.end();
  }

  /**
   * Ends the wards' work and purging, and lets the last departure reach the cold store.
   *
   * @return what the wards did
   */
  LiveCounts settle() throws Exception {
    pipeline.stopTraffic();
    untilNothingIsEligible(null, 0);
    pipeline.stopPurge();
    long wanted = checks.hotPosition();
    watch.until(
        "the archive to catch up with hot",
        () -> new Watch.Seen(checks.caughtUp(wanted), pipeline.applied()));
    return pipeline.live();
  }

  private void untilNothingIsEligible(Progress.@Nullable Bar bar, long expected) throws Exception {
    long[] before = {-1};
    watch.until(
        "purge to finish",
        () -> {
          long purged = aggregates();
          if (bar != null) {
            bar.at(purged, expected);
          }
          // Counting reads whole tables: not while purge is getting on anyway.
          boolean still = purged == before[0];
          before[0] = purged;
          return new Watch.Seen(still && checks.eligible() == 0, purged);
        });
  }

  private long aggregates() {
    return pipeline.purged().roots().values().stream()
        .mapToLong(PurgeCounts.Root::aggregates)
        .sum();
  }
}
