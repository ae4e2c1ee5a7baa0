package io.valmed.archive.capture.engine;

import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.valmed.archive.capture.debezium.EventQueue;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Takes the engine's batches into the queue, and no more than there is room for: the engine waits.
 * It is never told that a record is processed. What is, is known when the Kafka transaction has
 * committed, and hot alone needs to hear of it.
 */
final class BatchTaker implements ChangeConsumer<RecordChangeEvent<SourceRecord>> {
  private static final long ROOM_MILLIS = 1_000;

  private final RecordReader reader;
  private final EventQueue queue;
  private final Wire wire;
  private volatile boolean ended;

  BatchTaker(RecordReader reader, EventQueue queue, Wire wire) {
    this.reader = reader;
    this.queue = queue;
    this.wire = wire;
  }

  /** Takes nothing more. */
  void end() {
    ended = true;
  }

  @Override
  public void handleBatch(
      List<RecordChangeEvent<SourceRecord>> records,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    try {
      for (RecordChangeEvent<SourceRecord> record : records) {
        queue.add(reader.read(record.record()));
        if (queue.full()) {
          handOver();
        }
      }
      handOver();
    } catch (RuntimeException | Error e) {
      // The engine would tell of it in words of its own.
      wire.failed(e);
      throw e;
    }
  }

  private void handOver() throws InterruptedException {
    do {
      if (ended) {
        throw new InterruptedException("the stream has ended");
      }
      wire.moved();
    } while (!queue.handOver(ROOM_MILLIS));
  }

  @Override
  public boolean supportsTombstoneEvents() {
    return false;
  }
}
