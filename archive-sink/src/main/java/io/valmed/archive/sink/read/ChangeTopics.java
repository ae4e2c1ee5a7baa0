package io.valmed.archive.sink.read;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The table topics, read as one of several sinks that share their partitions. Committed records
 * only. Used by one thread.
 */
public interface ChangeTopics extends AutoCloseable {

  /**
   * Who is told which partitions come and go; called inside {@link #poll} and {@link #keepAlive}.
   */
  interface Ownership {
    /**
     * Partitions come to this sink.
     *
     * @param topicIds the id of each partition's topic, as the brokers tell it now
     * @return where to begin in each of them
     */
    Map<Partition, Long> assigned(Map<Partition, String> topicIds) throws Exception;

    /** Partitions have gone or are about to go to another sink. */
    void revoked(Collection<Partition> partitions);
  }

  /** Joins the sinks that share these topics; the first partitions come in a later poll. */
  void subscribe(Collection<String> topics, Ownership ownership);

  /**
   * The next records of the partitions this sink has, each partition's in order.
   *
   * @param wait how long to wait for the first one
   * @throws io.valmed.archive.runtime.StopException when a position is no longer, or not yet, in
   *     its topic
   */
  List<TopicRecord> poll(Duration wait) throws Exception;

  /** Stays one of the sinks without taking records. */
  void keepAlive() throws Exception;

  /** The next offset to read, behind what was polled and behind the markers that follow it. */
  long position(Partition partition);

  /**
   * The ids of topics as the brokers tell them now; a topic that is created anew has another.
   *
   * @throws org.apache.kafka.common.KafkaException when one of them does not exist
   */
  Map<String, String> ids(Collection<String> topics) throws Exception;

  /** Goes back to the offset and takes nothing more from the partition. */
  void hold(Partition partition, long offset);

  /** Takes records from partitions again that were held. */
  void release(Collection<Partition> partitions);

  /**
   * Shows how far partitions are applied to whoever looks at consumer groups. Nobody reads it back:
   * the archive's positions are the truth. Returns at once, and fails at nothing.
   */
  void show(Map<Partition, Long> applied);

  /** Leaves the sinks. */
  @Override
  void close();
}
