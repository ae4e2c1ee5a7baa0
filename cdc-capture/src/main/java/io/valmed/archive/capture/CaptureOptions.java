package io.valmed.archive.capture;

/**
 * What an operator asks of one run.
 *
 * @param newEpoch drop the slot and begin a new epoch with a snapshot, whatever stood before
 */
public record CaptureOptions(boolean newEpoch) {

  /** Go on where the last run stood. */
  public static final CaptureOptions NONE = new CaptureOptions(false);
}
