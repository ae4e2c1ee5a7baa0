package io.valmed.archive.sink.read;

import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.runtime.StopException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Partitions whose next record names a version that the schema topic has not told of. The record is
 * polled again from time to time; other partitions go on.
 */
public final class UnknownVersions {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private record Held(long offset, long since) {}

  private final Map<Partition, Held> held = new HashMap<>();
  private final Set<Partition> paused = new HashSet<>();

  /**
   * The record's partition waits at the record.
   *
   * @throws StopException when it has waited too long
   */
  public void held(TopicRecord record) {
    paused.add(record.partition());
    long now = System.nanoTime();
    Held before = held.get(record.partition());
    if (before == null || before.offset() != record.offset()) {
      held.put(record.partition(), new Held(record.offset(), now));
    } else if (now - before.since() > PATIENCE.toNanos()) {
      throw new StopException(
          "The record at "
              + record.place()
              + " names version "
              + record.number(RecordHeaders.VERSION)
              + " of its table, which the schema topic has not told of within "
              + PATIENCE.toSeconds()
              + " s. Restore the schema topic; the record is not passed over.");
    }
  }

  /** The partitions to poll again. */
  public Set<Partition> release() {
    Set<Partition> again = Set.copyOf(paused);
    paused.clear();
    return again;
  }
}
