package io.valmed.archive.sink.apply;

import io.valmed.archive.model.TableId;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.Poisoned;
import io.valmed.archive.sink.read.Received;
import io.valmed.archive.sink.read.TopicRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one archive transaction applies: records in the order of their partitions, and the positions
 * behind them. Filled by the thread that reads Kafka, then handed over and not changed any more.
 */
public final class Batch {
  private final Map<TableId, List<Received>> tables = new LinkedHashMap<>();
  private final List<Poisoned> poisoned = new ArrayList<>();
  private final List<Advance> advances = new ArrayList<>();
  private final Map<Partition, Integer> epochs = new HashMap<>();
  private int records;
  private long bytes;

  public void add(Received received) {
    tables.computeIfAbsent(received.schema().table(), t -> new ArrayList<>()).add(received);
    epochs.merge(received.record().partition(), received.change().evidence().epoch(), Math::max);
    count(received.record());
  }

  public void add(Poisoned record) {
    poisoned.add(record);
    count(record.record());
  }

  private void count(TopicRecord record) {
    records++;
    byte[] value = record.value();
    bytes += value == null ? 0 : value.length;
  }

  /** Forgets the records of partitions that belong to another sink now. */
  public void drop(Collection<Partition> partitions) {
    tables.values().forEach(l -> l.removeIf(r -> partitions.contains(r.record().partition())));
    tables.values().removeIf(List::isEmpty);
    poisoned.removeIf(p -> partitions.contains(p.record().partition()));
    records = poisoned.size() + tables.values().stream().mapToInt(List::size).sum();
  }

  /** Sets the positions behind the batch. */
  public void close(Collection<Advance> positions) {
    advances.addAll(positions);
  }

  public boolean isEmpty() {
    return records == 0;
  }

  /** The newest epoch among the partition's records; 0: it has none. */
  public int newestEpoch(Partition partition) {
    return epochs.getOrDefault(partition, 0);
  }

  public boolean atLeast(int someRecords, long someBytes) {
    return records >= someRecords || bytes >= someBytes;
  }

  /** How many records it holds. */
  public int records() {
    return records;
  }

  /** The records to apply, per table in topic order. */
  public Map<TableId, List<Received>> tables() {
    return tables;
  }

  /** The records that could not be read. */
  public List<Poisoned> poisoned() {
    return poisoned;
  }

  /** The positions behind the batch, of the partitions that have moved. */
  public List<Advance> advances() {
    return advances;
  }
}
