package io.valmed.archive.capture.hanging;

import io.valmed.archive.runtime.kafka.OpenTransactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * What the offsets topic tells of capture's transactions: each of them writes a record there, and
 * that record is committed exactly if capture goes on behind what the transaction holds.
 */
final class OffsetsEvidence {
  /** A transaction takes less than this from its first record to its last. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final BrokerRequests requests;
  private final Admin admin;
  private final TopicPartition offsets;
  private final long since;
  private final Map<Long, Map<Short, Fate>> known = new HashMap<>();

  /**
   * @param since the clients' time, in milliseconds of the epoch, of a record of the first
   *     transaction that is asked for
   */
  OffsetsEvidence(BrokerRequests requests, Admin admin, String topic, long since) {
    this.requests = requests;
    this.admin = admin;
    this.offsets = new TopicPartition(topic, 0);
    this.since = since;
  }

  /**
   * The fates of a producer's transactions, by their epochs. One that is missing has no record that
   * is still there, or no end yet.
   */
  Map<Short, Fate> fates(long producer) throws InterruptedException {
    Map<Short, Fate> fates = known.get(producer);
    if (fates == null) {
      fates = read(producer);
      known.put(producer, fates);
    }
    return fates;
  }

  private Map<Short, Fate> read(long producer) throws InterruptedException {
    Map<Short, Fate> fates = new HashMap<>();
    List<Short> open = new ArrayList<>();
    requests.batches(
        offsets,
        from(since - LONGEST.toMillis()),
        batch -> {
          if (batch.producerId() == producer) {
            take(batch, open, fates);
          }
          return true;
        });
    return fates;
  }

  private static void take(RecordBatch batch, List<Short> open, Map<Short, Fate> fates) {
    if (!batch.isControlBatch()) {
      open.add(batch.producerEpoch());
      return;
    }
    // A batch whose marker was cleaned away has no record any more.
    for (org.apache.kafka.common.record.internal.Record record : batch) {
      ControlRecordType end = EndTransactionMarker.deserialize(record).controlType();
      Fate fate = end == ControlRecordType.COMMIT ? Fate.COUNTED : Fate.NOT_COUNTED;
      open.forEach(epoch -> fates.put(epoch, fate));
      open.clear();
    }
  }

  private long from(long time) throws InterruptedException {
    long first = offset(OffsetSpec.earliest());
    return Math.max(first, offset(OffsetSpec.forTimestamp(Math.max(0, time))));
  }

  private long offset(OffsetSpec which) throws InterruptedException {
    ListOffsetsResultInfo found =
        OpenTransactions.answer(admin.listOffsets(Map.of(offsets, which)).partitionResult(offsets));
    return found.offset();
  }
}
