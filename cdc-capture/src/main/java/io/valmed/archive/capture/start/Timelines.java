package io.valmed.archive.capture.start;

import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.model.Lsn;
import org.jspecify.annotations.Nullable;

/**
 * Whether hot's history contains everything that Kafka has. After a switchover or failover it is on
 * a timeline of its own, which shares with the one before it the WAL up to where it left that one.
 * See docs/adr/0119.
 */
public final class Timelines {
  private Timelines() {}

  /**
   * What tells that Kafka has, or may have, what hot does not have any more, for people; null:
   * nothing does.
   */
  public static @Nullable String missing(SourceOffset offset, HotState.Database hot) {
    if (offset.timeline() == hot.timeline()) {
      return null;
    }
    @Nullable Long left = hot.left().get(offset.timeline());
    if (left == null) {
      return "Hot is on timeline %d, which does not come from timeline %d, up to whose position %s Kafka has the changes: an old primary came back after a failover, or hot was restored. If there is a primary of timeline %d or later, name it in 'hot.url' and shut this one down."
          .formatted(hot.timeline(), offset.timeline(), Lsn.text(offset.lsn()), offset.timeline());
    }
    if (Long.compareUnsigned(offset.lsn(), left) > 0 || partIsLost(offset.part(), left)) {
      return "Hot failed over or was restored: its timeline %d left timeline %d at %s, but Kafka has changes up to %s%s of that one, which hot has lost."
          .formatted(
              hot.timeline(),
              offset.timeline(),
              Lsn.text(left),
              Lsn.text(offset.lsn()),
              offset.part() == null ? "" : " and a part of the next transaction");
    }
    return null;
  }

  /**
   * A transaction of which hot still has one row cannot give its id to another: it comes again, the
   * same, or, where its commit was lost, not at all.
   */
  private static boolean partIsLost(SourceOffset.@Nullable Part part, long left) {
    return part != null && (part.seenLsn() == 0 || Long.compareUnsigned(part.seenLsn(), left) >= 0);
  }
}
