package io.valmed.archive.sink.apply;

/**
 * How far the archive has applied one partition.
 *
 * @param topicId the id of the topic it was read from
 * @param epoch the newest epoch seen in the partition; 0: none yet
 * @param position the next offset to read
 */
public record StoredPosition(String topicId, int epoch, long position) {}
