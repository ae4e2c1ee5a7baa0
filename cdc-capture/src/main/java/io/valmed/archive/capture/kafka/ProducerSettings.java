package io.valmed.archive.capture.kafka;

import io.valmed.archive.runtime.settings.Settings;
import java.util.Map;

/** What the transactional producer is set to. */
final class ProducerSettings {
  private static final int BATCH_BYTES = 256 * 1024;
  private static final long BUFFER_BYTES = 64L * 1024 * 1024;

  /** The broker's default for {@code transaction.max.timeout.ms}. */
  private static final long LONGEST_TRANSACTION_MILLIS = 900_000;

  private ProducerSettings() {}

  static String transactionalId(Settings settings) {
    return settings.prefix() + "-capture-" + settings.capture().slot();
  }

  static Map<String, Object> of(Settings settings) {
    String id = transactionalId(settings);
    Map<String, Object> properties = settings.kafka().clientProperties(id);
    int largest = settings.kafka().maxMessageBytes();
    properties.put("transactional.id", id);
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.put("compression.type", "zstd");
    // The fastest level: capture shares its cores with both databases and the broker.
    properties.put("compression.zstd.level", 1);
    properties.put("linger.ms", 10);
    properties.put("batch.size", Math.min(BATCH_BYTES, largest));
    properties.put("buffer.memory", Math.max(BUFFER_BYTES, 2L * largest));
    properties.put("max.request.size", largest);
    properties.put("max.block.ms", 15_000);
    properties.put("request.timeout.ms", 15_000);
    properties.put("delivery.timeout.ms", 60_000);
    properties.put(
        "transaction.timeout.ms",
        (int)
            Math.min(
                LONGEST_TRANSACTION_MILLIS,
                2 * settings.capture().transactionTime().toMillis() + 60_000));
    return properties;
  }
}
