package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.faults.FaultPlan.Step;
import io.valmed.archive.e2e.servers.Broker;
import io.valmed.archive.e2e.servers.Postgres;
import io.valmed.archive.e2e.servers.Server;
import io.valmed.archive.stack.process.FrozenServer;
import java.util.Objects;

/** Does one fault to the site, waits while it lasts, and heals it. */
final class FaultHand {
  private static final String OLD_PURGES =
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE application_name LIKE 'archive purge%%'
        AND xact_start < clock_timestamp() - interval '%d milliseconds'
      """
          .formatted(FaultSite.PURGE_TIMEOUT_MILLIS + 2_500);

  private final FaultSite site;

  FaultHand(FaultSite site) {
    this.site = site;
  }

  void apply(Step step) throws Exception {
    Fault fault = step.fault();
    switch (fault.target()) {
      case CAPTURE, SINK, PURGE -> toService(step);
      case HOT -> toPostgres(step, site.servers().hot());
      case ARCHIVE -> toPostgres(step, site.servers().archive());
      case KAFKA -> toKafka(step, site.servers().kafka());
      default -> toLink(step, site.links().link(fault.target()));
    }
  }

  private void toService(Step step) throws Exception {
    KeptService service = site.service(step.fault().target(), step.which());
    if (step.fault().deed() == Deed.KILL) {
      service.kill();
      return;
    }
    FrozenServer.freeze(service.pid());
    try {
      hold(step);
      if (step.fault().target() == Target.PURGE && site.installation().countInHot(OLD_PURGES) > 0) {
        throw new AssertionError("a frozen purge worker still holds its transaction in hot");
      }
    } finally {
      FrozenServer.thaw(service.pid());
    }
  }

  private static void freeze(Server server, Step step) throws InterruptedException {
    server.freeze();
    try {
      hold(step);
    } finally {
      server.thaw();
    }
  }

  private void toPostgres(Step step, Postgres server) throws Exception {
    switch (step.fault().deed()) {
      case FREEZE -> freeze(server, step);
      case FILL_DISK -> fillDisk(step);
      case KILL -> {
        server.kill();
        hold(step);
        server.start();
      }
      default -> {
        server.stopAtOnce();
        hold(step);
        server.start();
      }
    }
  }

  private void toKafka(Step step, Broker kafka) throws Exception {
    if (step.fault().deed() == Deed.FREEZE) {
      freeze(kafka, step);
    } else {
      kafka.kill();
      hold(step);
      kafka.start();
    }
  }

  private void fillDisk(Step step) throws Exception {
    SmallDisk disk = Objects.requireNonNull(site.disk(), "no disk to fill");
    try {
      disk.fill();
      hold(step);
    } finally {
      disk.free();
    }
  }

  private static void toLink(Step step, Link link) throws InterruptedException {
    switch (step.fault().deed()) {
      case CUT -> link.cut();
      case DELAY -> link.delay(20 + step.which() % 200);
      case BLACK_HOLE -> link.blackHole();
      default -> link.loseAnswers();
    }
    try {
      hold(step);
    } finally {
      link.heal();
    }
  }

  private static void hold(Step step) throws InterruptedException {
    Thread.sleep(step.holdMillis());
  }
}
