package io.valmed.archive.sink.apply;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.sink.read.ChangeTopics;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.SchemaCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions this sink has now, and how far it has taken each. The archive's positions are the
 * truth: they are read whenever a partition comes, after the batch under way has been applied.
 */
public final class OwnedPartitions implements ChangeTopics.Ownership {
  private static final Duration BATCH_UNDER_WAY = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(OwnedPartitions.class);

  private final ArchiveThread archive;
  private final SchemaCatalog catalog;
  private final Map<Partition, StoredPosition> owned = new TreeMap<>();
  private Batch collecting = new Batch();

  public OwnedPartitions(ArchiveThread archive, SchemaCatalog catalog) {
    this.archive = archive;
    this.catalog = catalog;
  }

  /** Begins a new batch; it loses the records of partitions that go. */
  public Batch collect() {
    collecting = new Batch();
    return collecting;
  }

  @Override
  public Map<Partition, Long> assigned(Map<Partition, String> topicIds) throws Exception {
    Map<Partition, StoredPosition> stored =
        archive.call(() -> archive.archive().positions(topicIds.keySet()));
    Map<Partition, Long> begin = new HashMap<>();
    topicIds.forEach(
        (partition, topicId) -> {
          StoredPosition position =
              stored.getOrDefault(partition, new StoredPosition(topicId, 0, Advance.UNREAD));
          refuseAnotherTopic(partition, topicId, position.topicId());
          owned.put(partition, position);
        });
    goBack(topicIds.keySet());
    topicIds
        .keySet()
        .forEach(
            partition ->
                begin.put(
                    partition,
                    Math.max(0, Objects.requireNonNull(owned.get(partition)).position())));
    return begin;
  }

  /**
   * Goes back, in the archive and in the topics, where a newer epoch begins before what was applied
   * of an older one. Records polled of these partitions are to be forgotten.
   *
   * @return the partitions that went back
   */
  public Set<Partition> goBack(ChangeTopics topics) throws Exception {
    Set<Partition> back = goBack(Set.copyOf(owned.keySet()));
    collecting.drop(back);
    for (Partition partition : back) {
      topics.hold(partition, Objects.requireNonNull(owned.get(partition)).position());
    }
    topics.release(back);
    return back;
  }

  /**
   * Nothing of the last batch has been applied: reads on from the archive's positions, all
   * partitions, also those that were held further on.
   */
  public void readAgain(ChangeTopics topics) throws Exception {
    Set<Partition> partitions = Set.copyOf(owned.keySet());
    collecting.drop(partitions);
    Map<Partition, StoredPosition> stored =
        archive.call(() -> archive.archive().positions(partitions));
    for (Partition partition : partitions) {
      StoredPosition before = Objects.requireNonNull(owned.get(partition));
      StoredPosition now =
          stored.getOrDefault(partition, new StoredPosition(before.topicId(), 0, Advance.UNREAD));
      owned.put(partition, now);
      topics.hold(partition, Math.max(0, now.position()));
    }
    topics.release(partitions);
  }

  private Set<Partition> goBack(Collection<Partition> among) throws Exception {
    List<Advance> back = new ArrayList<>();
    for (Partition partition : among) {
      StoredPosition from = Objects.requireNonNull(owned.get(partition));
      Epoch epoch = catalog.begunBefore(partition, from);
      if (epoch != null) {
        long to = Objects.requireNonNull(epoch.begins().next().get(partition.toString()));
        back.add(new Advance(partition, from.topicId(), epoch.number(), from.position(), to));
      }
    }
    if (back.isEmpty()) {
      return Set.of();
    }
    archive.call(
        () -> {
          archive.archive().goBack(back);
          return true;
        });
    Set<Partition> partitions = new HashSet<>();
    for (Advance one : back) {
      log.warn(
          "went back partition={} from={} to={} epoch={}: the topic lost its end before that epoch"
              + " began",
          one.partition(),
          one.from(),
          one.to(),
          one.epoch());
      owned.put(one.partition(), new StoredPosition(one.topicId(), one.epoch(), one.to()));
      partitions.add(one.partition());
    }
    return partitions;
  }

  @Override
  public void revoked(Collection<Partition> partitions) {
    archive.settle(BATCH_UNDER_WAY);
    collecting.drop(partitions);
    owned.keySet().removeAll(partitions);
  }

  /**
   * Refuses what was polled if it may come from another topic of that name. A topic whose id is the
   * old one after the poll is the one that was polled.
   */
  public void refuseAnotherTopic(ChangeTopics topics) throws Exception {
    Set<String> moved = new HashSet<>();
    owned.forEach(
        (partition, from) -> {
          if (topics.position(partition) > Math.max(0, from.position())) {
            moved.add(partition.topic());
          }
        });
    if (moved.isEmpty()) {
      return;
    }
    Map<String, String> ids = topics.ids(moved);
    owned.forEach(
        (partition, from) -> {
          String id = ids.get(partition.topic());
          if (id != null) {
            refuseAnotherTopic(partition, id, from.topicId());
          }
        });
  }

  /** How far each is applied, or will be once the batch that is under way is. */
  public Map<Partition, Long> taken() {
    Map<Partition, Long> taken = new HashMap<>();
    owned.forEach(
        (partition, stored) -> {
          if (stored.position() >= 0) {
            taken.put(partition, stored.position());
          }
        });
    return taken;
  }

  /** What the batch moves, given where the reading stands; from now on that is the position. */
  public List<Advance> advance(ChangeTopics topics, Batch batch) {
    List<Advance> advances = new ArrayList<>();
    for (Map.Entry<Partition, StoredPosition> entry : owned.entrySet()) {
      Partition partition = entry.getKey();
      StoredPosition from = entry.getValue();
      long to = topics.position(partition);
      if (to > Math.max(0, from.position())) {
        int epoch = Math.max(from.epoch(), batch.newestEpoch(partition));
        advances.add(new Advance(partition, from.topicId(), epoch, from.position(), to));
        entry.setValue(new StoredPosition(from.topicId(), epoch, to));
      }
    }
    return advances;
  }

  private static void refuseAnotherTopic(Partition partition, String found, String stored) {
    if (!found.equals(stored)) {
      throw new StopException(
          "Topic "
              + partition.topic()
              + " was deleted and created anew: its id is "
              + found
              + ", the archive has applied "
              + stored
              + ". Nothing of the new one has been applied. Restore the old topic, or let capture"
              + " begin a new epoch and delete the topic's rows from arc.sink_position.");
    }
  }
}
