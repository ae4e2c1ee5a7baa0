package io.valmed.archive.sink.read;

import java.util.Comparator;

/**
 * One partition of one topic.
 *
 * @param topic the topic's name
 * @param number the partition's number
 */
public record Partition(String topic, int number) implements Comparable<Partition> {
  private static final Comparator<Partition> ORDER =
      Comparator.comparing(Partition::topic).thenComparingInt(Partition::number);

  @Override
  public int compareTo(Partition other) {
    return ORDER.compare(this, other);
  }

  /** As {@link io.valmed.archive.model.topic.Positions} names it. */
  @Override
  public String toString() {
    return topic + "/" + number;
  }
}
