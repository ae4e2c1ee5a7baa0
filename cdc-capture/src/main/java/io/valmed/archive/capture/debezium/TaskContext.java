package io.valmed.archive.capture.debezium;

import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What the connector's task asks of its host. */
final class TaskContext implements SourceTaskContext {
  private final Map<String, String> properties;
  private final OffsetStorageReader offsets;

  TaskContext(Map<String, String> properties, OffsetStorageReader offsets) {
    this.properties = properties;
    this.offsets = offsets;
  }

  @Override
  public Map<String, String> configs() {
    return properties;
  }

  @Override
  public OffsetStorageReader offsetStorageReader() {
    return offsets;
  }

  @Override
  public PluginMetrics pluginMetrics() {
    throw new UnsupportedOperationException("the connector's own metrics are not registered");
  }
}
