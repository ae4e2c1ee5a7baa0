package io.valmed.archive.sink.kafka;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the brokers tell of topics: their ids, and where their logs begin and end. */
final class TopicLogs implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final Duration LATE_END = Duration.ofSeconds(10);
  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;

  TopicLogs(KafkaAccess kafka, Consumer<byte[], byte[]> consumer) {
    this.admin = Admin.create(kafka.clientProperties("archive-sink-admin"));
    this.consumer = consumer;
  }

  /** The id of each topic. */
  Map<String, String> topicIds(Collection<String> topics) throws Exception {
    try {
      return admin
          .describeTopics(topics)
          .allTopicNames()
          .get(ANSWER.toSeconds(), TimeUnit.SECONDS)
          .entrySet()
          .stream()
          .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().topicId().toString()));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : e;
    }
  }

  /**
   * Refuses positions that their topics do not reach. A broker that has just come back may tell an
   * end that is too low, so that is asked for again for a while.
   */
  void refuseOutside(Map<TopicPartition, Long> positions) throws InterruptedException {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(positions.keySet(), ANSWER);
    TopicPartition before = first(positions, begins, (position, begin) -> position < begin);
    if (before != null) {
      throw outside(before, positions, "begins at " + begins.get(before));
    }
    long giveUp = System.nanoTime() + LATE_END.toNanos();
    while (true) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(positions.keySet(), ANSWER);
      TopicPartition beyond = first(positions, ends, (position, end) -> position > end);
      if (beyond == null) {
        return;
      }
      if (System.nanoTime() > giveUp) {
        throw outside(beyond, positions, "ends at " + ends.get(beyond));
      }
      TimeUnit.NANOSECONDS.sleep(ASK_AGAIN.toNanos());
    }
  }

  private static @Nullable TopicPartition first(
      Map<TopicPartition, Long> positions,
      Map<TopicPartition, Long> bounds,
      BiPredicate<Long, Long> isOutside) {
    for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
      Long bound = bounds.get(position.getKey());
      if (bound != null && isOutside.test(position.getValue(), bound)) {
        return position.getKey();
      }
    }
    return null;
  }

  private static StopException outside(
      TopicPartition partition, Map<TopicPartition, Long> positions, String log) {
    return new StopException(
        "The archive's position "
            + positions.get(partition)
            + " of "
            + partition
            + " is outside its topic, which "
            + log
            + ": records have been lost there. Restore the topic, or run './archive capture"
            + " --new-epoch'; the sink goes on once that epoch has begun.");
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(2));
  }
}
