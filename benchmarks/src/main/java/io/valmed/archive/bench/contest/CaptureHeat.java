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
 * One load in one WAL, held for everyone by a slot of their own. The clock runs from the first
 * change behind the warm-up that a contestant has in hand, so that nobody's start counts, to the
 * last.
 */
final class CaptureHeat implements Heat {
  private final Ground ground;
  private final Site site;
  private final Loaded warm;
  private final Loaded loaded;

  private CaptureHeat(Ground ground, Site site, Loaded warm, Loaded loaded) {
    this.ground = ground;
    this.site = site;
    this.warm = warm;
    this.loaded = loaded;
  }

  static CaptureHeat prepare(Ground ground, List<String> contestants) throws Exception {
    Site site = ground.site("capture");
    Running running = new Running(ground.services(), site);
    try (JavaProcess capture = running.capture()) {
      running.awaitCaptured(capture);
    }
    try (Connection hot = site.hot()) {
      for (String one : contestants) {
        if (!one.equals(Contest.OURS)) {
          Answers.run(
              hot,
              "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')"
                  .formatted(SlotReader.slot(site, one)));
        }
      }
    }
    return new CaptureHeat(ground, site, ground.warmUp(site), ground.load(site));
  }

  @Override
  public Lap run(String contestant) throws Exception {
    ground.settle();
    return contestant.equals(Contest.OURS)
        ? capture()
        : new SlotReader(ground, site).read(contestant, warm.rows(), loaded.rows());
  }

  private Lap capture() throws Exception {
    Topics topics = new Topics(site);
    try (JavaProcess capture = new Running(ground.services(), site).capture()) {
      if (warm.rows() > 0) {
        topics.awaitOffset(warm.beforeLast(), capture);
      }
      Meter meter = ground.meter().with(capture);
      long last = topics.awaitOffset(loaded.beforeLast(), capture);
      var used = meter.read();
      Topics.Content content = topics.content();
      Lap.expect("capture", warm.rows() + loaded.rows(), content.rows());
      return new Lap(loaded.rows(), Moment.seconds(content.behind(warm.rows()), last), used);
    }
  }

  @Override
  public void close() throws SQLException {
    site.close();
  }
}
