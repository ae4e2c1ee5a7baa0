package io.valmed.archive.capture.debezium;

import io.valmed.archive.runtime.StopException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The REPLICA IDENTITY that hot announced with each table: the decoder reads it and hands it on to
 * nobody. It is that of the place in the stream, whatever the catalog says by now. Used by the
 * stream's thread alone.
 */
final class ReplicaIdentities {
  private static final byte RELATION = 'R';
  private static final byte FULL = 'f';

  private final Map<Integer, Boolean> full = new HashMap<>();

  /** Takes notice of a message of the stream, and leaves it as it was. */
  void seen(ByteBuffer message) {
    ByteBuffer read = message.duplicate();
    if (!read.hasRemaining() || read.get() != RELATION) {
      return;
    }
    int relation = read.getInt();
    skipText(read);
    skipText(read);
    full.put(relation, read.get() == FULL);
  }

  private static void skipText(ByteBuffer read) {
    while (read.get() != 0) {
      // The end of a text is a zero.
    }
  }

  /** Whether a row of the table leaves with its last image. */
  boolean full(int relation) {
    @Nullable Boolean announced = full.get(relation);
    if (announced == null) {
      throw new StopException(
          "The connector knows a table of which hot's announcement was not seen; use the connector's version that the product was built with.");
    }
    return announced;
  }
}
