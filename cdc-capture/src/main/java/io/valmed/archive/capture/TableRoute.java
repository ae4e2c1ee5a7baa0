package io.valmed.archive.capture;

import io.valmed.archive.model.ChangeWriter;
import io.valmed.archive.model.TableSchema;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Everything that the rows of one version of one table need on their way into Kafka. */
public final class TableRoute {
  private final String topic;
  private final ChangeWriter writer;
  private final boolean purgeable;
  private final List<Header> headers;

  TableRoute(String topic, ChangeWriter writer, boolean purgeable, List<Header> headers) {
    this.topic = topic;
    this.writer = writer;
    this.purgeable = purgeable;
    this.headers = List.copyOf(headers);
  }

  static Header header(String name, int value) {
    return new RecordHeader(
        name, Integer.toString(value).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  public String topic() {
    return topic;
  }

  /** On the table's changes and departures; not on tombstones. */
  public List<Header> headers() {
    return headers;
  }

  ChangeWriter writer() {
    return writer;
  }

  TableSchema schema() {
    return writer.schema();
  }

  boolean purgeable() {
    return purgeable;
  }
}
