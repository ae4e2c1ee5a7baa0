package io.valmed.archive.capture;

import java.time.Duration;

/**
 * What an operator asks of one run.
 *
 * @param newEpoch begin a new epoch with a snapshot, whatever was before
 * @param lookEvery how often publication and tables of hot are looked at while it runs
 * @param after the new epoch's number is above this one, which hot and topics may have forgotten
 * @param giveUpSlot drop the slot first, unread: what it still has is given up
 */
public record CaptureOptions(boolean newEpoch, Duration lookEvery, int after, boolean giveUpSlot) {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

  /** Go on where the last run stood. */
  public static final CaptureOptions NONE = new CaptureOptions(false);

  public CaptureOptions(boolean newEpoch) {
    this(newEpoch, 0);
  }

  public CaptureOptions(boolean newEpoch, int after) {
    this(newEpoch, LOOK_EVERY, after, false);
  }

  public CaptureOptions(boolean newEpoch, Duration lookEvery) {
    this(newEpoch, lookEvery, 0, false);
  }

  public CaptureOptions(boolean newEpoch, int after, boolean giveUpSlot) {
    this(newEpoch, LOOK_EVERY, after, giveUpSlot);
  }

  /** The same, what is done once being done. */
  public CaptureOptions done() {
    return new CaptureOptions(false, lookEvery);
  }
}
