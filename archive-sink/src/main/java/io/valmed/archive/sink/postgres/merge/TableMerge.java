package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.FailPoint.Boundary;
import io.valmed.archive.sink.apply.Fold;
import io.valmed.archive.sink.read.Received;
import java.util.List;

/**
 * Applies records of one table, version by version: what they replace goes to the cold store first,
 * then what they tell to have left, then their images go into the mirror.
 */
public final class TableMerge {
  private final ReusedKeys reusedKeys;
  private final SupersededRows superseded;
  private final Departures departures;
  private final MirrorMerge mirror;
  private final Stages stages;
  private final FailPoint failPoint;

  public TableMerge(
      ReusedKeys reusedKeys,
      SupersededRows superseded,
      Departures departures,
      MirrorMerge mirror,
      Stages stages,
      FailPoint failPoint) {
    this.reusedKeys = reusedKeys;
    this.superseded = superseded;
    this.departures = departures;
    this.mirror = mirror;
    this.stages = stages;
    this.failPoint = failPoint;
  }

  /** Applies them; records of one table, in topic order, not empty. */
  public void apply(List<Received> records, String now) throws Exception {
    for (List<Received> version : Fold.byVersion(records)) {
      Stages.Three of = stages.of(version.get(0).schema());
      Fold fold = Fold.of(version, of.earlier().anyReturned());
      reusedKeys.moveAside(fold.createdAndLeft(), of.keys());
      superseded.moveAside(fold.metAndLeft(), of.departures(), of.earlier(), now);
      departures.archive(fold, of, now, true);
      departures.archivePast(fold, of, now);
      failPoint.reached(Boundary.DEPARTED);
      mirror.merge(fold, of, now);
      failPoint.reached(Boundary.MERGED);
    }
  }
}
