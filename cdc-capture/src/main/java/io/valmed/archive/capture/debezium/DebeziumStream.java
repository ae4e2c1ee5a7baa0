package io.valmed.archive.capture.debezium;

import io.debezium.connector.common.DebeziumTaskState;
import io.valmed.archive.capture.SourceEvent;
import io.valmed.archive.capture.SourceStream;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.runtime.settings.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives the connector's task, as Kafka Connect would. */
public final class DebeziumStream implements SourceStream {
  private static final Logger log = LoggerFactory.getLogger(DebeziumStream.class);

  private final PlainTextTask task;
  private final AcknowledgedOffset offset;
  private final EventReader reader;
  private final ConnectorBeans beans;

  private DebeziumStream(
      PlainTextTask task, AcknowledgedOffset offset, EventReader reader, ConnectorBeans beans) {
    this.reader = reader;
    this.beans = beans;
    this.task = task;
    this.offset = offset;
  }

  /**
   * Starts to stream.
   *
   * @param policy the captured tables, with the columns that are left out
   * @param lsn the end of a transaction, or the slot's own start: what was committed behind it
   *     comes, all of it and nothing else
   * @throws Exception what {@code FailureKind} classifies
   */
  public static DebeziumStream start(Settings settings, List<PolicyTable> policy, long lsn)
      throws Exception {
    Map<String, String> properties = ConnectorProperties.of(settings, policy);
    AcknowledgedOffset offset = new AcknowledgedOffset(lsn);
    Relations relations = new Relations();
    PlainTextTask task = new PlainTextTask(relations);
    DebeziumStream stream =
        new DebeziumStream(
            task, offset, new EventReader(relations), new ConnectorBeans(settings.prefix()));
    try {
      task.initialize(new TaskContext(properties, offset));
      task.start(properties);
      if (task.getTaskState() != DebeziumTaskState.RUNNING) {
        // It would try again by itself, with an offset that has moved on meanwhile.
        throw new IOException("the connector could not reach hot");
      }
      return stream;
    } catch (RuntimeException e) {
      stream.close();
      throw ConnectorFailure.causeOf(e);
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public List<SourceEvent> poll() throws Exception {
    List<SourceRecord> records;
    try {
      records = task.poll();
    } catch (RuntimeException e) {
      throw ConnectorFailure.causeOf(e);
    }
    if (records == null || records.isEmpty()) {
      return List.of();
    }
    beans.hide();
    List<SourceEvent> events = new ArrayList<>(records.size());
    for (SourceRecord record : records) {
      events.add(reader.read(record));
    }
    return events;
  }

  @Override
  public void acknowledge(long lsn) {
    offset.acknowledge(lsn);
    try {
      task.commit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      task.stop();
    } catch (RuntimeException e) {
      log.debug("the connector did not stop in order", e);
    }
  }
}
