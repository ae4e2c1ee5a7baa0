package io.valmed.archive.model.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
  public static final String DEPARTED = "arc_departed";
  public static final String CAUSE = "arc_cause";
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().rootValueSeparator((SerializableString) null).build();

  private final TableSchema schema;
  private final SerializedString origin;
  private final SerializedString[] names;
  private final int[] key;
  private final ByteArrayBuilder buffer = new ByteArrayBuilder(1024);
  private JsonGenerator out;

  /**
   * @param serverName the topic prefix, {@code source.name} in the envelope
   * @param schema the version that the images have
   */
  public ChangeWriter(String serverName, TableSchema schema) {
    this.schema = schema;
    this.origin = new SerializedString(origin(serverName, schema.table()));
    this.out = generator(buffer);
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
    return document(
        () -> {
          out.writeStringField("op", change.operation().letter());
          if (change.cause() != null) {
            out.writeStringField(CAUSE, change.cause().word());
          }
          source(change);
          long committed = change.evidence().committedAtMicros();
          out.writeNumberField("ts_ms", Math.floorDiv(committed, 1000L));
          image("before", change.before());
          image("after", change.after());
        });
  }

  private byte[] key(RowImage row, @Nullable Evidence departure) {
    return document(
        () -> {
          for (int column : key) {
            out.writeFieldName(names[column]);
            text(row.get(column));
          }
          if (departure != null) {
            out.writeObjectFieldStart(DEPARTED);
            out.writeNumberField("epoch", departure.epoch());
            out.writeNumberField("lsn", departure.lsn());
            out.writeEndObject();
          }
        });
  }

  /** The members of one JSON object. */
  @FunctionalInterface
  private interface Members {
    void write() throws IOException;
  }

  /** One generator writes them all: to make one for each took as long as what it wrote. */
  private byte[] document(Members members) {
    buffer.reset();
    boolean written = false;
    try {
      out.writeStartObject();
      members.write();
      out.writeEndObject();
      out.flush();
      written = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!written) {
        // Where it stands in the half-written object is of no use to the next.
        out = generator(buffer);
      }
    }
    return buffer.toByteArray();
  }

  private static JsonGenerator generator(ByteArrayBuilder buffer) {
    try {
      return JSON.createGenerator(buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The members of the source that all changes have in common, as they stand in its object. */
  private static String origin(String connector, TableId table) {
    ByteArrayBuilder buffer = new ByteArrayBuilder();
    try (JsonGenerator out = generator(buffer)) {
      out.writeStartObject();
      out.writeStringField("connector", "postgresql");
      out.writeStringField("name", connector);
      out.writeStringField("schema", table.schema());
      out.writeStringField("table", table.name());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String object = new String(buffer.toByteArray(), StandardCharsets.UTF_8);
    return object.substring(1, object.length() - 1) + ',';
  }

  private void source(Change change) throws IOException {
    Evidence evidence = change.evidence();
    out.writeObjectFieldStart("source");
    out.writeRaw(origin);
    out.writeStringField("snapshot", change.operation() == Operation.READ ? "true" : "false");
    out.writeNumberField("epoch", evidence.epoch());
    out.writeNumberField("lsn", evidence.lsn());
    out.writeNumberField("txId", evidence.txid());
    out.writeNumberField("ts_ms", Math.floorDiv(evidence.committedAtMicros(), 1000L));
    out.writeNumberField("ts_us", evidence.committedAtMicros());
    out.writeEndObject();
  }

  private void image(String member, @Nullable RowImage row) throws IOException {
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
      text(row.get(i));
    }
    out.writeEndObject();
  }

  private void text(@Nullable String text) throws IOException {
    if (text == null) {
      out.writeNull();
    } else {
      out.writeString(text);
    }
  }
}
