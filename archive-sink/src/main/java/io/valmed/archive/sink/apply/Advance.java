package io.valmed.archive.sink.apply;

import io.valmed.archive.sink.read.Partition;

/**
 * How far one batch takes one partition.
 *
 * @param partition the partition
 * @param topicId the topic's id, which a topic created anew does not share
 * @param epoch the newest epoch seen in the partition; 0: none yet
 * @param from the position the archive must still have; {@link #UNREAD} when it has none
 * @param to the position it has afterwards: the next offset to read
 */
public record Advance(Partition partition, String topicId, int epoch, long from, long to) {
  /** The archive knows nothing of the partition yet. */
  public static final long UNREAD = -1;
}
