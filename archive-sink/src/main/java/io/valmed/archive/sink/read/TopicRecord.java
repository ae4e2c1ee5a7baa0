package io.valmed.archive.sink.read;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record as it stands on its topic, unread. */
public interface TopicRecord {

  /** Where it stands. */
  Partition partition();

  /** Its offset in the partition. */
  long offset();

  /** Its key's bytes, not a copy. */
  byte @Nullable [] key();

  /** Its value's bytes, not a copy; null: a tombstone. */
  byte @Nullable [] value();

  /** The number in the header of that name; -1 when there is none or it is no number from 0 on. */
  int number(String header);

  /** All headers as text. */
  Map<String, String> headers();

  /** For messages: where it stands, and nothing of what it holds. */
  default String place() {
    return partition() + "/" + offset();
  }
}
