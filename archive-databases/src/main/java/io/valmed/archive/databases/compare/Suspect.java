package io.valmed.archive.databases.compare;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row that was unequal at the last look.
 *
 * @param key its key in text form
 * @param hot its digest in hot; null: it was not there
 * @param mirror its digest in the mirror; null: it was not there
 * @param stamp what the mirror's row was and which change had made it so; null: it was not there,
 *     or has not been asked for
 * @param looks how many looks in a row, each after the archive had caught up, speak for a fault;
 *     {@link #SWEPT}: only the sweep has seen it
 */
public record Suspect(
    List<String> key,
    @Nullable ByteBuffer hot,
    @Nullable ByteBuffer mirror,
    @Nullable ByteBuffer stamp,
    int looks) {

  /** How many looks make a fault: a row may have left and come back between two. */
  static final int ENOUGH = 2;

  /** The sweep reads hot first, so that it cannot tell a fault from a change on its way. */
  static final int SWEPT = -1;

  /** A row that the sweep found unequal. */
  static Suspect swept(List<String> key, byte @Nullable [] hot, byte @Nullable [] mirror) {
    return new Suspect(key, wrap(hot), wrap(mirror), null, SWEPT);
  }

  static @Nullable ByteBuffer wrap(byte @Nullable [] digest) {
    return digest == null ? null : ByteBuffer.wrap(digest);
  }

  /**
   * The row, unequal again. After the sweep, a row of hot that stands still speaks for a fault.
   * After another look it is the mirror that stands still: hot's row of that look has passed by,
   * and nothing has come of it. So a fault cannot hide behind a row that changes all the time.
   */
  Suspect again(
      @Nullable ByteBuffer nowHot,
      @Nullable ByteBuffer nowMirror,
      @Nullable ByteBuffer nowStamp,
      boolean caughtUp) {
    boolean stoodStill =
        looks == SWEPT ? Objects.equals(hot, nowHot) : Objects.equals(stamp, nowStamp);
    int speaking = caughtUp && stoodStill ? Math.max(looks, 0) + 1 : 0;
    return new Suspect(key, nowHot, nowMirror, nowStamp, speaking);
  }

  public boolean confirmed() {
    return looks >= ENOUGH;
  }
}
