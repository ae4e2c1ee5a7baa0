package io.valmed.archive.sink.postgres.epoch;

/**
 * What a mirror has when an epoch's snapshot has been applied and nothing behind it.
 *
 * @param applied rows of the epoch's snapshot
 * @param unseen rows of older epochs, and of the epoch from before its snapshot, which did not show
 *     them
 */
public record SnapshotCount(long applied, long unseen) {

  /** All of them. */
  public long rows() {
    return applied + unseen;
  }
}
