package io.valmed.archive.capture;

import io.valmed.archive.model.TableId;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far Kafka holds hot's history. Written in the Kafka transaction of the changes it covers.
 *
 * @param lsn the end of the last transaction that is whole in Kafka; the stream starts there
 * @param part the transaction behind it that is in Kafka in part; null: none
 * @param epoch the epoch
 * @param systemId hot's system identifier
 * @param timeline hot's timeline
 * @param topicIds each table topic's id, by its name
 */
public record SourceOffset(
    long lsn,
    @Nullable Part part,
    int epoch,
    String systemId,
    int timeline,
    Map<String, String> topicIds) {

  public SourceOffset {
    topicIds = Map.copyOf(new TreeMap<>(topicIds));
  }

  /** The same history, further on. */
  public SourceOffset at(long newLsn, @Nullable Part newPart) {
    return new SourceOffset(newLsn, newPart, epoch, systemId, timeline, topicIds);
  }

  /**
   * A transaction that is in Kafka in part.
   *
   * @param txid its 32-bit id
   * @param events how many of its events are in Kafka
   * @param streamed the tables that came through then; only the same ones give the same count
   */
  public record Part(String txid, long events, Set<TableId> streamed) {
    public Part {
      streamed = Set.copyOf(streamed);
    }
  }
}
