package io.valmed.archive.sink.epoch;

import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.topic.AlarmRecord;
import io.valmed.archive.sink.SinkMetrics;
import io.valmed.archive.sink.apply.ArchiveThread;
import io.valmed.archive.sink.read.AlarmTopic;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the alarms topic into the archive, where an alarm stays open until a person has looked.
 * Reading begins with the last record that the archive has: it is the same one, or the log went
 * back, and then all of it is read again. Of several sinks one keeps each alarm.
 */
public final class AlarmFollower implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlarmFollower.class);

  private final AlarmTopic topic;
  private final ArchiveThread archive;
  private final SinkMetrics metrics;
  private long last = -1;

  public AlarmFollower(AlarmTopic topic, ArchiveThread archive, SinkMetrics metrics) {
    this.topic = topic;
    this.archive = archive;
    this.metrics = metrics;
  }

  public void start() throws Exception {
    OptionalLong known = archive.call(() -> archive.archive().lastAlarm(topic.id()));
    last = known.orElse(-1);
    topic.readFrom(known.orElse(0));
  }

  /** Takes in what has come since; meanwhile does something every second. */
  public void look(ArchiveThread.WorkMeanwhile meanwhile) throws Exception {
    List<AlarmTopic.Read> news = topic.poll();
    for (AlarmTopic.Read read : news) {
      if (last >= 0 && read.offset() != last) {
        // What was known there is gone: the topic lost its end, or its beginning has expired.
        last = -1;
        topic.readFrom(0);
        return;
      }
      AlarmRecord alarm = alarm(read);
      boolean kept =
          archive.call(
              () -> archive.archive().recordAlarm(topic.id(), read.offset(), read.value(), alarm),
              meanwhile);
      if (kept) {
        metrics.alarm(alarm.kind());
        log.warn("ALARM {}: {} See './archive alarms list'.", alarm.kind(), alarm.detail());
        if (read.offset() == last) {
          last = -1;
          topic.readFrom(0);
          return;
        }
      }
    }
  }

  private AlarmRecord alarm(AlarmTopic.Read read) {
    try {
      return AlarmRecord.read(read.value());
    } catch (MalformedChangeException e) {
      return new AlarmRecord(
          "unreadable",
          null,
          "The record at offset "
              + read.offset()
              + " of the alarms topic cannot be read: "
              + e.getMessage()
              + ".",
          0,
          "0/0",
          0,
          0,
          null);
    }
  }

  @Override
  public void close() {
    topic.close();
  }
}
