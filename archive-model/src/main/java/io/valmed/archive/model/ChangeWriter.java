package io.valmed.archive.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes of one version of one table as Debezium's schemaless JSON envelope, streaming.
 *
 * <p>A row's key is a JSON object of its key columns. A departure's key has the member {@code
 * arc_departed} besides, with epoch and LSN, so that compaction never merges it with anything; its
 * envelope has the member {@code arc_cause}. Not for use by several threads at once.
 */
public final class ChangeWriter {
  static final String DEPARTED = "arc_departed";
  static final String CAUSE = "arc_cause";
  private static final JsonFactory JSON = new JsonFactory();

  private final String connector;
  private final TableSchema schema;
  private final SerializedString[] names;
  private final int[] key;
  private final ByteArrayBuilder buffer = new ByteArrayBuilder(1024);

  /**
   * @param serverName the topic prefix, {@code source.name} in the envelope
   * @param schema the version that the images have
   */
  public ChangeWriter(String serverName, TableSchema schema) {
    this.connector = serverName;
    this.schema = schema;
    List<String> columns = schema.columnNames();
    this.names = columns.stream().map(SerializedString::new).toArray(SerializedString[]::new);
    this.key = schema.keyIndexes();
  }

  /** The version this writer writes. */
  public TableSchema schema() {
    return schema;
  }

  /** The key of the row's own records, which also decides its partition. */
  public byte[] rowKey(RowImage row) {
    return key(row, null);
  }

  /** The key of the row's departure. */
  public byte[] departureKey(RowImage row, Evidence evidence) {
    return key(row, evidence);
  }

  /** The envelope of the change. */
  public byte[] value(Change change) {
    buffer.reset();
    try (JsonGenerator out = JSON.createGenerator(buffer)) {
      out.writeStartObject();
      out.writeStringField("op", change.operation().letter());
      if (change.cause() != null) {
        out.writeStringField(CAUSE, change.cause().word());
      }
      source(out, change);
      out.writeNumberField("ts_ms", Math.floorDiv(change.evidence().committedAtMicros(), 1000L));
      image(out, "before", change.before());
      image(out, "after", change.after());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.toByteArray();
  }

  private byte[] key(RowImage row, @Nullable Evidence departure) {
    buffer.reset();
    try (JsonGenerator out = JSON.createGenerator(buffer)) {
      out.writeStartObject();
      for (int column : key) {
        out.writeFieldName(names[column]);
        out.writeString(row.get(column));
      }
      if (departure != null) {
        out.writeObjectFieldStart(DEPARTED);
        out.writeNumberField("epoch", departure.epoch());
        out.writeNumberField("lsn", departure.lsn());
        out.writeEndObject();
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.toByteArray();
  }

  private void source(JsonGenerator out, Change change) throws IOException {
    Evidence evidence = change.evidence();
    out.writeObjectFieldStart("source");
    out.writeStringField("connector", "postgresql");
    out.writeStringField("name", connector);
    out.writeStringField("schema", schema.table().schema());
    out.writeStringField("table", schema.table().name());
    out.writeStringField("snapshot", change.operation() == Operation.READ ? "true" : "false");
    out.writeNumberField("epoch", evidence.epoch());
    out.writeNumberField("lsn", evidence.lsn());
    out.writeNumberField("txId", evidence.txid());
    out.writeNumberField("ts_ms", Math.floorDiv(evidence.committedAtMicros(), 1000L));
    out.writeNumberField("ts_us", evidence.committedAtMicros());
    out.writeEndObject();
  }

  private void image(JsonGenerator out, String member, @Nullable RowImage row) throws IOException {
    if (row == null) {
      out.writeNullField(member);
      return;
    }
    if (row.size() != names.length) {
      throw new IllegalArgumentException(
          "an image of " + schema.table() + " has " + row.size() + " columns, not " + names.length);
    }
    out.writeObjectFieldStart(member);
    for (int i = 0; i < names.length; i++) {
      out.writeFieldName(names[i]);
      String text = row.get(i);
      if (text == null) {
        out.writeNull();
      } else {
        out.writeString(text);
      }
    }
    out.writeEndObject();
  }
}
