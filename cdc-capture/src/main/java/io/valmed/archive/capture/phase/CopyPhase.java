package io.valmed.archive.capture.phase;

/** Copies an epoch's snapshot. */
public final class CopyPhase implements Phase {
  private final SnapshotSource source;
  private final Snapshot snapshot;
  private final Runnable finish;
  private final Phase next;

  /**
   * @param source hot as it was
   * @param snapshot copies it
   * @param finish says that it is complete
   * @param next what follows
   */
  public CopyPhase(SnapshotSource source, Snapshot snapshot, Runnable finish, Phase next) {
    this.source = source;
    this.snapshot = snapshot;
    this.finish = finish;
    this.next = next;
  }

  @Override
  public Phase step() throws Exception {
    if (snapshot.step()) {
      return this;
    }
    finish.run();
    source.close();
    return next;
  }

  @Override
  public void close() {
    source.close();
  }
}
