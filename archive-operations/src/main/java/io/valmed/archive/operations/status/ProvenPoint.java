package io.valmed.archive.operations.status;

import io.valmed.archive.databases.seen.Beat;
import io.valmed.archive.model.topic.Positions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest point of time, by hot's clock, before which everything is archived: heartbeats say
 * which positions that takes. Keeps few of those that it waits for, however long it waits.
 */
final class ProvenPoint {
  private static final int MOST = 128;

  private final List<Point> awaited = new ArrayList<>();
  private @Nullable Point proven;

  private record Point(double at, Positions positions) {}

  /** Takes in a heartbeat, from wherever. */
  void heard(@Nullable Beat beat) {
    Double at = beat == null ? null : beat.passedAt();
    if (beat == null || at == null) {
      return;
    }
    Point last = awaited.isEmpty() ? proven : awaited.get(awaited.size() - 1);
    if (last != null && last.at >= at) {
      return;
    }
    awaited.add(new Point(at, beat.positions()));
    if (awaited.size() > MOST) {
      for (int i = awaited.size() - 2; i > 0; i -= 2) {
        awaited.remove(i);
      }
    }
  }

  /**
   * Seconds since 1970, by hot's clock; null: none is known.
   *
   * @param mirrored the heartbeat that the archive has
   */
  @Nullable Double at(Positions applied, @Nullable Beat mirrored) {
    if (proven != null && !applied.covers(proven.positions)) {
      // An archive that was put back has less than it had.
      proven = null;
    }
    if (mirrored != null && mirrored.passedAt() != null) {
      take(new Point(mirrored.passedAt(), mirrored.positions()), applied);
    }
    for (Iterator<Point> each = awaited.iterator(); each.hasNext(); ) {
      if (take(each.next(), applied)) {
        each.remove();
      }
    }
    return proven == null ? null : proven.at;
  }

  private boolean take(Point point, Positions applied) {
    if (proven != null && point.at <= proven.at) {
      return true;
    }
    if (!applied.covers(point.positions)) {
      return false;
    }
    proven = point;
    return true;
  }
}
