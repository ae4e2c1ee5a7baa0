package io.valmed.archive.capture.engine;

import io.valmed.archive.capture.debezium.ConnectorProperties;
import io.valmed.archive.runtime.settings.Settings;
import java.util.Properties;

/** What the engine and its connector are set to. */
final class EngineProperties {
  private static final int QUEUE_BYTES = 16 * 1024 * 1024;

  private EngineProperties() {}

  /**
   * @param lsn the end of a transaction, or the slot's own start
   */
  static Properties of(Settings settings, Wire wire, long lsn) {
    Properties all = new Properties();
    all.putAll(ConnectorProperties.of(settings));
    all.put("database.connection.factory.class", EngineConnections.class.getName());
    all.put("database." + EngineConnections.WIRE, wire.id());
    all.put("offset.storage", StartOffset.class.getName());
    all.put(StartOffset.LSN, Long.toString(lsn));
    // The snapshot is Snapshot's; the connector starts with an offset, always.
    all.put("snapshot.mode", "no_data");
    all.put("tombstones.on.delete", "false");
    all.put("provide.transaction.metadata", "true");
    all.put("unavailable.value.placeholder", wire.notSent());
    // A value that cannot be converted would be NULL otherwise.
    all.put("event.converting.failure.handling.mode", "fail");
    all.put("event.processing.failure.handling.mode", "fail");
    // No table of hot has such a name; those that hot announces are given one. See NeutralMessages.
    all.put("table.include.list", Announcements.SCHEMA + "\\..*");
    all.put("signal.enabled.channels", "");
    // Opened anew by capture alone, behind what is in Kafka by then.
    all.put("errors.max.retries", "0");
    all.put("max.queue.size", "4096");
    all.put("max.queue.size.in.bytes", Integer.toString(QUEUE_BYTES));
    all.put("max.batch.size", "2048");
    all.put("poll.interval.ms", "20");
    all.put("status.update.interval.ms", "5000");
    all.put("executor.shutdown.timeout.ms", "1000");
    all.put("record.processing.threads", "1");
    all.put("record.processing.shutdown.timeout.ms", "500");
    all.put("task.management.timeout.ms", Long.toString(EngineStream.LONGEST.toMillis()));
    return all;
  }
}
