package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.faults.FaultPlan.Step;
import io.valmed.archive.stack.KafkaServer;
import io.valmed.archive.stack.PostgresServer;
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
      case HOT -> toPostgres(step, site.stack().hot());
      case ARCHIVE -> toPostgres(step, site.stack().archive());
      case KAFKA -> toKafka(step, site.stack().kafka());
      default -> toLink(step, site.links().link(fault.target()));
    }
  }

  private void toService(Step step) throws Exception {
    KeptService service = site.service(step.fault().target(), step.which());
    if (step.fault().deed() == Deed.KILL) {
      service.kill();
      return;
    }
    freeze(service.pid(), step);
  }

  private void freeze(long pid, Step step) throws Exception {
    Signals.freeze(pid);
    try {
      hold(step);
      if (step.fault().target() == Target.PURGE && site.installation().countInHot(OLD_PURGES) > 0) {
        throw new AssertionError("a frozen purge worker still holds its transaction in hot");
      }
    } finally {
      Signals.thaw(pid);
    }
  }

  private void toPostgres(Step step, PostgresServer server) throws Exception {
    switch (step.fault().deed()) {
      case FREEZE -> freeze(server.pid(), step);
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

  private void toKafka(Step step, KafkaServer kafka) throws Exception {
    if (step.fault().deed() == Deed.FREEZE) {
      freeze(kafka.pid(), step);
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
