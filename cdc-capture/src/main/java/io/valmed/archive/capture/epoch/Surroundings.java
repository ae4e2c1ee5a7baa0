package io.valmed.archive.capture.epoch;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.FailPoint;
import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import java.util.List;

/**
 * What stays the same however often capture's work is opened anew.
 *
 * @param settings what is set
 * @param tables the policy's tables and the heartbeat's
 * @param metrics what is told of it
 * @param failPoint where a test may make it fail
 * @param holds holds purging
 */
public record Surroundings(
    Settings settings,
    List<PolicyTable> tables,
    CaptureMetrics metrics,
    FailPoint failPoint,
    PurgeHolds holds) {

  /** The same on one of hot's servers. */
  public Surroundings at(DatabaseLogin primary) {
    return new Surroundings(
        settings.withHot(settings.hot().withCapture(primary)), tables, metrics, failPoint, holds);
  }
}
