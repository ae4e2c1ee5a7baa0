package io.valmed.archive.sink.postgres;

/**
 * What a mirror has when an epoch's snapshot has been applied and nothing behind it.
 *
 * @param applied rows of the epoch
 * @param unseen rows of older epochs: the snapshot did not show them
 */
record SnapshotCount(long applied, long unseen) {

  /** All of them. */
  long rows() {
    return applied + unseen;
  }
}
