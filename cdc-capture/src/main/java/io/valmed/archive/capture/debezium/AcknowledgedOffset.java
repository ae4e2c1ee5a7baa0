package io.valmed.archive.capture.debezium;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * What the connector is told of the offset. At its start: the LSN alone, with which it asks the
 * server to begin exactly there and passes everything on; its own search for a position (dbz#76,
 * dbz#1554) is left out. See docs/adr/0011. Later: what is safe in Kafka, which it reads back
 * before it moves the slot.
 */
final class AcknowledgedOffset implements OffsetStorageReader {
  private volatile Map<String, Object> offset;

  AcknowledgedOffset(long startLsn) {
    this.offset = Map.of("lsn", startLsn);
  }

  void acknowledge(long lsn) {
    offset = Map.of("lsn", lsn, "lsn_proc", lsn, "lsn_commit", lsn);
  }

  @Override
  public <T> Map<String, Object> offset(Map<String, T> partition) {
    return offset;
  }

  @Override
  public <T> Map<Map<String, T>, Map<String, Object>> offsets(
      Collection<Map<String, T>> partitions) {
    Map<Map<String, T>, Map<String, Object>> all = new HashMap<>();
    partitions.forEach(partition -> all.put(partition, offset));
    return all;
  }
}
