package io.valmed.archive.capture.kafka;

import io.valmed.archive.model.change.Operation;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The end of one partition, behind what hot still has for certain: for each key that was updated
 * there, its last record.
 */
final class LostTail {
  private final WholeTopic topics;
  private final TopicPartition partition;
  private final long from;
  private final long end;
  private final Map<Key, Span> spans = new HashMap<>();
  private long[] lasts = {};

  /** A key's digest. */
  private record Key(long high, long low) {}

  /**
   * @param last the offset of its last record
   * @param updated whether an update replaced an image of it
   */
  private record Span(long last, boolean updated) {}

  LostTail(WholeTopic topics, TopicPartition partition, long from, long end) {
    this.topics = topics;
    this.partition = partition;
    this.from = from;
    this.end = end;
  }

  /** Reads it from its beginning. */
  void read(WholeTopic.Each each) {
    topics.read(partition, from, end, each);
  }

  /** A key's next record. */
  void seen(byte[] rowKey, long offset, Operation operation) {
    spans.merge(
        digest(rowKey),
        new Span(offset, operation == Operation.UPDATE),
        (before, now) -> new Span(offset, before.updated || now.updated));
  }

  /** All has been seen. */
  void seenAll() {
    lasts = spans.values().stream().filter(Span::updated).mapToLong(Span::last).sorted().toArray();
    spans.clear();
  }

  /** Whether nothing was updated there. */
  boolean unchanged() {
    return lasts.length == 0;
  }

  /** Whether that record is the last of a row that was updated there. */
  boolean ends(long offset) {
    return Arrays.binarySearch(lasts, offset) >= 0;
  }

  private static Key digest(byte[] rowKey) {
    try {
      ByteBuffer digest = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(rowKey));
      return new Key(digest.getLong(), digest.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
