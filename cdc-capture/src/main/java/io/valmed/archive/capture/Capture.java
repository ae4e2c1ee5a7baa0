package io.valmed.archive.capture;

import io.valmed.archive.capture.epoch.Surroundings;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.postgres.OpenPurgeHolds;
import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.TableRole;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/** Puts capture together. */
public final class Capture {
  private Capture() {}

  /**
   * The work of capture, for a {@link io.valmed.archive.runtime.WorkLoop}. A new epoch that the
   * options ask for is begun once, not again when the work is opened anew after a failure.
   */
  public static Work.Source source(
      Settings settings, CaptureOptions options, CaptureMetrics metrics, FailPoint failPoint) {
    PurgeHolds holds =
        new OpenPurgeHolds(settings.hot().capture(), settings.prefix(), settings.capture().slot());
    return new HoldingSource(
        new CaptureOpening(
            new Surroundings(settings, tables(settings), metrics, failPoint, holds), options),
        holds);
  }

  /** The policy's tables and the product's own heartbeat. */
  public static List<PolicyTable> tables(Settings settings) {
    List<PolicyTable> tables = new ArrayList<>(settings.policy().tables());
    tables.add(new PolicyTable(PassedBeats.TABLE, TableRole.REFERENCE, null, List.of()));
    return tables;
  }
}
