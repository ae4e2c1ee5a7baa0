package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Arrival;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Loaded;
import io.valmed.archive.bench.ground.Meter;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import java.sql.Connection;

/** Each contestant runs on databases of its own, and is up and idle when the first row comes. */
final class PipelineHeat implements Heat {
  private final Ground ground;

  PipelineHeat(Ground ground) {
    this.ground = ground;
  }

  @Override
  public Lap run(String contestant) throws Exception {
    return switch (contestant) {
      case PipelineContest.CONNECT -> connect();
      case PipelineContest.NATIVE -> replicated();
      default -> archived();
    };
  }

  private Lap archived() throws Exception {
    try (Site site = ground.site("pipeline")) {
      Running running = new Running(ground.services(), site);
      try (JavaProcess capture = running.capture();
          JavaProcess sink = running.sink();
          Connection archive = site.archive()) {
        running.awaitArchived(capture, sink);
        return lap(site, archive, capture, sink);
      }
    }
  }

  private Lap replicated() throws Exception {
    try (Site site = ground.bareSite("native");
        NativeReplication replication = NativeReplication.start(site);
        Connection target = site.archive()) {
      replication.awaitStreaming();
      return lap(site, target);
    }
  }

  private Lap connect() throws Exception {
    try (Site site = ground.bareSite("connect");
        ConnectPipeline pipeline = ConnectPipeline.start(ground, site);
        Connection target = site.archive()) {
      pipeline.awaitRunning();
      return lap(site, target, pipeline.process());
    }
  }

  private Lap lap(Site site, Connection target, JavaProcess... on) throws Exception {
    Loaded warm = ground.warmUp(site);
    Arrival.of(warm, target, on);
    ground.settle();
    Meter meter = ground.meter();
    for (JavaProcess process : on) {
      meter.with(process);
    }
    Loaded loaded = ground.load(site);
    long last = Arrival.of(warm.and(loaded), target, on);
    return new Lap(loaded.rows(), Moment.seconds(loaded.firstCommit(), last), meter.read());
  }

  @Override
  public void close() {
    // Each run has taken its own things away.
  }
}
