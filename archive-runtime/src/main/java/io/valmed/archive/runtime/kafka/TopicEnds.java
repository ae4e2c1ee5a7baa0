package io.valmed.archive.runtime.kafka;

import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.server.ServerQuestion;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka where topics end now: for whoever reads committed records, and with the records of
 * transactions that are open. Topics that are not there yet have no end.
 */
public final class TopicEnds implements ServerQuestion.Asked<TopicEnds.Ends> {
  private static final int REQUEST_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 1_500;

  private final KafkaAccess kafka;
  private final String name;
  private final List<String> topics;
  private volatile @Nullable Admin admin;
  private volatile boolean closed;
  private Map<TopicPartition, OffsetSpec> partitions = Map.of();

  /**
   * Where partitions end.
   *
   * @param committed where a read_committed reader can come to: the last stable offset
   * @param written the high watermark; further on where a transaction is open
   */
  public record Ends(Positions committed, Positions written) {}

  /**
   * @param name the client's name in the broker's log
   */
  public TopicEnds(KafkaAccess kafka, String name, Collection<String> topics) {
    this.kafka = kafka;
    this.name = name;
    this.topics = topics.stream().sorted().toList();
  }

  @Override
  public Ends ask() throws Exception {
    Admin client = admin;
    if (client == null) {
      client = open();
      admin = client;
      if (closed) {
        client.close(Duration.ZERO);
      }
    }
    Map<TopicPartition, OffsetSpec> wanted = partitions;
    if (wanted.isEmpty()) {
      wanted = describe(client);
    }
    // Kept only while it answers: topics may come, and be made anew.
    partitions = Map.of();
    // In this order, so that what is written is not less than what is committed.
    Positions committed = ends(client, wanted, IsolationLevel.READ_COMMITTED);
    Positions written = ends(client, wanted, IsolationLevel.READ_UNCOMMITTED);
    if (wanted.keySet().stream().map(TopicPartition::topic).distinct().count() == topics.size()) {
      partitions = wanted;
    }
    return new Ends(committed, written);
  }

  private Admin open() {
    Map<String, Object> properties = kafka.clientProperties(name);
    properties.put("request.timeout.ms", REQUEST_MILLIS);
    properties.put("default.api.timeout.ms", ANSWER_MILLIS);
    properties.put("socket.connection.setup.timeout.ms", REQUEST_MILLIS);
    properties.put("socket.connection.setup.timeout.max.ms", REQUEST_MILLIS);
    properties.put("reconnect.backoff.max.ms", REQUEST_MILLIS);
    return Admin.create(properties);
  }

  private Map<TopicPartition, OffsetSpec> describe(Admin client) throws Exception {
    Map<TopicPartition, OffsetSpec> found = new HashMap<>();
    Map<String, KafkaFuture<TopicDescription>> all =
        client.describeTopics(topics).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> one : all.entrySet()) {
      try {
        get(one.getValue())
            .partitions()
            .forEach(
                partition ->
                    found.put(
                        new TopicPartition(one.getKey(), partition.partition()),
                        OffsetSpec.latest()));
      } catch (UnknownTopicOrPartitionException e) {
        // Capture has not made it yet.
      }
    }
    return found;
  }

  private static Positions ends(
      Admin client, Map<TopicPartition, OffsetSpec> wanted, IsolationLevel isolation)
      throws Exception {
    Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
        get(client.listOffsets(wanted, new ListOffsetsOptions(isolation)).all());
    return Positions.of(
        ends.entrySet().stream()
            .collect(
                Collectors.toMap(
                    end -> Positions.partition(end.getKey().topic(), end.getKey().partition()),
                    end -> end.getValue().offset())));
  }

  private static <V> V get(KafkaFuture<V> future) throws Exception {
    try {
      return future.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close() {
    closed = true;
    Admin client = admin;
    if (client != null) {
      client.close(Duration.ZERO);
    }
  }
}
