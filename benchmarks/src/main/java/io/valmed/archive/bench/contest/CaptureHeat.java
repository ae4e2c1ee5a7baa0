package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Answers;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Loaded;
import io.valmed.archive.bench.ground.Meter;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import io.valmed.archive.bench.ground.Topics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One load in one WAL, held for everyone by a slot of their own; the product with Debezium's engine
 * has the same load in a database of its own, behind it in the WAL. The clock runs from the first
 * change behind the warm-up that a contestant has in hand, so that nobody's start counts, to the
 * last.
 */
final class CaptureHeat implements Heat {
  /**
   * What was committed on a site.
   *
   * @param warm what nobody's clock runs for
   * @param timed what is measured
   */
  private record Load(Site site, Loaded warm, Loaded timed) {
    static Load commit(Ground ground, Site site) throws SQLException {
      return new Load(site, ground.warmUp(site), ground.load(site));
    }
  }

  private final Ground ground;
  private final Load shared;
  private final Load second;

  private CaptureHeat(Ground ground, Load shared, Load second) {
    this.ground = ground;
    this.shared = shared;
    this.second = second;
  }

  static CaptureHeat prepare(Ground ground, List<String> contestants) throws Exception {
    Site site = ground.site("capture");
    Site second = ground.site("capture");
    for (Site one : List.of(site, second)) {
      Running running = new Running(ground.services(), one);
      try (JavaProcess capture = running.capture()) {
        running.awaitCaptured(capture);
      }
    }
    try (Connection hot = site.hot()) {
      for (String one : contestants) {
        if (!ours(one)) {
          Answers.run(
              hot,
              "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')"
                  .formatted(SlotReader.slot(site, one)));
        }
      }
    }
    return new CaptureHeat(ground, Load.commit(ground, site), Load.commit(ground, second));
  }

  private static boolean ours(String contestant) {
    return contestant.equals(Contest.OURS) || contestant.equals(CaptureContest.OURS_WITH_ENGINE);
  }

  @Override
  public Lap run(String contestant) throws Exception {
    ground.settle();
    return switch (contestant) {
      case Contest.OURS -> capture(shared, Running::capture);
      case CaptureContest.OURS_WITH_ENGINE -> capture(second, Running::captureWithEngine);
      default ->
          new SlotReader(ground, shared.site())
              .read(contestant, shared.warm().rows(), shared.timed().rows());
    };
  }

  /** Starts capture in one of its ways. */
  @FunctionalInterface
  private interface Way {
    JavaProcess start(Running running) throws Exception;
  }

  private Lap capture(Load load, Way way) throws Exception {
    Topics topics = new Topics(load.site());
    Loaded warm = load.warm();
    Loaded timed = load.timed();
    try (JavaProcess capture = way.start(new Running(ground.services(), load.site()))) {
      if (warm.rows() > 0) {
        topics.awaitOffset(warm.beforeLast(), capture);
      }
      Meter meter = ground.meter().with(capture);
      long last = topics.awaitOffset(timed.beforeLast(), capture);
      var used = meter.read();
      Topics.Content content = topics.content();
      Lap.expect("capture", warm.rows() + timed.rows(), content.rows());
      return new Lap(timed.rows(), Moment.seconds(content.behind(warm.rows()), last), used);
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      shared.site().close();
    } finally {
      second.site().close();
    }
  }
}
