package io.valmed.archive.capture.stream;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.RecordHeaders;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.header.Header;

/** Everything that the rows of one version of one table need on their way into Kafka. */
public final class TableRoute implements Route {
  private final String topic;
  private final ChangeWriter writer;
  private final boolean purgeable;
  private final List<Header> headers;
  private final int[] key;
  private final int[] required;

  /** Where images of one version go that are written again in this epoch, whatever they are. */
  public static TableRoute again(String topic, ChangeWriter writer, int epoch) {
    return new TableRoute(topic, writer, false, headers(writer.schema(), epoch), Set.of());
  }

  /**
   * @param required columns that are never NULL
   */
  public TableRoute(
      String topic,
      ChangeWriter writer,
      boolean purgeable,
      List<Header> headers,
      Set<String> required) {
    this.topic = topic;
    this.writer = writer;
    this.purgeable = purgeable;
    this.headers = List.copyOf(headers);
    this.key = writer.schema().keyIndexes();
    this.required = beside(writer.schema(), required);
  }

  /** On each record of a version in an epoch. */
  public static List<Header> headers(TableSchema schema, int epoch) {
    return List.of(
        Route.header(RecordHeaders.VERSION, schema.version()),
        Route.header(RecordHeaders.EPOCH, epoch));
  }

  private static int[] beside(TableSchema schema, Set<String> required) {
    return required.stream()
        .filter(column -> !schema.key().contains(column))
        .mapToInt(schema::indexOf)
        .filter(column -> column >= 0)
        .toArray();
  }

  public TableId table() {
    return writer.schema().table();
  }

  public String topic() {
    return topic;
  }

  /** On the table's changes and departures; not on tombstones. */
  public List<Header> headers() {
    return headers;
  }

  /** The row's own key. */
  public byte[] rowKey(RowImage row) {
    return writer.rowKey(row);
  }

  /** The key of the row's departure. */
  public byte[] departureKey(RowImage row, Evidence evidence) {
    return writer.departureKey(row, evidence);
  }

  /** The envelope. */
  public byte[] value(Change change) {
    return writer.value(change);
  }

  public ChangeWriter writer() {
    return writer;
  }

  public TableSchema schema() {
    return writer.schema();
  }

  public boolean purgeable() {
    return purgeable;
  }

  /** Whether the image has a whole key. */
  public boolean keyed(RowImage image) {
    for (int column : key) {
      if (image.get(column) == null) {
        return false;
      }
    }
    return true;
  }

  public boolean sameKey(RowImage one, RowImage other) {
    for (int column : key) {
      if (!Objects.equals(one.get(column), other.get(column))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the image can only be the key of a row: without REPLICA IDENTITY FULL hot sends nothing
   * else of a row that leaves. The catalog may tell of FULL again by the time it is asked.
   */
  public boolean keyAlone(RowImage image) {
    if (required.length == 0) {
      return false;
    }
    for (int column : required) {
      if (image.get(column) != null) {
        return false;
      }
    }
    return true;
  }
}
