package io.valmed.archive.capture.event;

import io.valmed.archive.capture.start.Published;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far Kafka holds hot's history. Written in the Kafka transaction of the changes it covers.
 *
 * @param lsn the end of the last transaction that is whole in Kafka; the stream starts there
 * @param part the transaction behind it that is in Kafka in part; null: none
 * @param beat the newest beat of this slot that is in Kafka; 0: none
 * @param epoch the epoch
 * @param systemId hot's system identifier
 * @param timeline hot's timeline
 * @param topicIds each table topic's id, by its name
 * @param published what was published when the epoch began
 * @param installation whose offset it is; null: its writer did not say yet
 */
public record SourceOffset(
    long lsn,
    @Nullable Part part,
    long beat,
    int epoch,
    String systemId,
    int timeline,
    Map<String, String> topicIds,
    Published published,
    @Nullable UUID installation) {

  public SourceOffset {
    topicIds = Map.copyOf(new TreeMap<>(topicIds));
  }

  /** One that knows neither what was published nor whose it is. */
  public SourceOffset(
      long lsn,
      @Nullable Part part,
      long beat,
      int epoch,
      String systemId,
      int timeline,
      Map<String, String> topicIds) {
    this(lsn, part, beat, epoch, systemId, timeline, topicIds, Published.UNKNOWN, null);
  }

  /** The same history, further on. */
  public SourceOffset at(long newLsn, @Nullable Part newPart, long newBeat) {
    return new SourceOffset(
        newLsn, newPart, newBeat, epoch, systemId, timeline, topicIds, published, installation);
  }

  /** The same history, with these topics. */
  public SourceOffset with(Map<String, String> newTopicIds) {
    return new SourceOffset(
        lsn, part, beat, epoch, systemId, timeline, newTopicIds, published, installation);
  }

  /** The same history, of what was published so. */
  public SourceOffset of(Published newPublished) {
    return new SourceOffset(
        lsn, part, beat, epoch, systemId, timeline, topicIds, newPublished, installation);
  }

  /** The same history, continued on another timeline. */
  public SourceOffset onTimeline(int newTimeline) {
    return new SourceOffset(
        lsn, part, beat, epoch, systemId, newTimeline, topicIds, published, installation);
  }

  /** The same history, said to be this installation's. */
  public SourceOffset of(UUID newInstallation) {
    return new SourceOffset(
        lsn, part, beat, epoch, systemId, timeline, topicIds, published, newInstallation);
  }

  /**
   * A transaction that is in Kafka in part.
   *
   * @param txid its 32-bit id
   * @param rows how many of its rows are in Kafka, oddities counted alike
   * @param seenLsn the position of one of its rows, which it shares with no other transaction of
   *     that id; 0: not known
   */
  public record Part(String txid, long rows, long seenLsn) {}
}
