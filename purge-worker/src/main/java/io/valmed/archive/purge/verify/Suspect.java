package io.valmed.archive.purge.verify;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that was unequal at the last look.
 *
 * @param key its key in text form
 * @param hot its digest in hot; null: it was not there
 * @param mirror its digest in the mirror; null: it was not there
 * @param looks how many looks in a row, each after the archive had caught up, have seen just this
 */
record Suspect(List<String> key, @Nullable ByteBuffer hot, @Nullable ByteBuffer mirror, int looks) {

  /** How many looks make a fault: a row may have left and regained a value between two. */
  static final int ENOUGH = 2;

  static @Nullable ByteBuffer wrap(byte @Nullable [] digest) {
    return digest == null ? null : ByteBuffer.wrap(digest);
  }

  boolean confirmed() {
    return looks >= ENOUGH;
  }
}
