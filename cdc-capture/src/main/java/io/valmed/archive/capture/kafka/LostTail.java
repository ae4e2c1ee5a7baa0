package io.valmed.archive.capture.kafka;

import io.valmed.archive.model.Operation;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * The end of one partition, behind what hot still has: for each key that was changed there, its
 * first record, which tells the row as hot has it, and its last.
 */
final class LostTail {
  private final WholeTopic topics;
  private final TopicPartition partition;
  private final long from;
  private final long end;
  private final Map<Key, Span> spans = new HashMap<>();
  private long[] firsts = {};
  private long[] lasts = {};

  /** A key's digest. */
  private record Key(long high, long low) {}

  /**
   * @param replaced whether an image was replaced that hot had, or may have had
   * @param known whether the first record tells an image that hot had, or may have had
   */
  private record Span(long first, long last, boolean known, boolean replaced) {}

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

  /** A key's next record. A row that begins there was never hot's; one that leaves is kept. */
  void seen(byte[] rowKey, long offset, Operation operation) {
    boolean update = operation == Operation.UPDATE;
    spans.merge(
        digest(rowKey),
        new Span(offset, offset, update || operation == Operation.READ, update),
        (before, now) -> new Span(before.first, offset, before.known, before.known));
  }

  /** All has been seen. */
  void seenAll() {
    firsts = offsets(Span::first);
    lasts = offsets(Span::last);
    spans.clear();
  }

  private long[] offsets(ToLongFunction<Span> offset) {
    return spans.values().stream().filter(Span::replaced).mapToLong(offset).sorted().toArray();
  }

  /** Whether that record is the first of a row of which an image was replaced. */
  boolean begins(long offset) {
    return Arrays.binarySearch(firsts, offset) >= 0;
  }

  /** Whether it is the last of such a row. */
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
