package io.valmed.archive.model;

import java.util.Objects;

/**
 * One unbroken history of one hot database and slot, as the schema topic tells it.
 *
 * @param number counts from 1 under a prefix
 * @param systemId the hot database's system identifier
 * @param timeline the hot database's timeline when the epoch began
 * @param snapshotComplete whether every row of the epoch's snapshot stands in the topics
 * @param snapshotEnd once complete: the positions behind the snapshot's last rows, for every
 *     partition of every table; a mirror row of an older epoch that is still there when the sink
 *     has passed them is no longer in hot
 */
public record Epoch(
    int number, String systemId, int timeline, boolean snapshotComplete, Positions snapshotEnd) {

  public Epoch {
    Objects.requireNonNull(systemId, "systemId");
    Objects.requireNonNull(snapshotEnd, "snapshotEnd");
    if (number < 1) {
      throw new IllegalArgumentException("epochs count from 1");
    }
  }
}
