package io.valmed.archive.capture;

import java.time.Duration;

/**
 * What an operator asks of one run.
 *
 * @param newEpoch drop the slot and begin a new epoch with a snapshot, whatever stood before
 * @param lookEvery how often publication and tables of hot are looked at while it runs
 */
public record CaptureOptions(boolean newEpoch, Duration lookEvery) {

  /** Go on where the last run stood. */
  public static final CaptureOptions NONE = new CaptureOptions(false);

  public CaptureOptions(boolean newEpoch) {
    this(newEpoch, Duration.ofSeconds(30));
  }
}
