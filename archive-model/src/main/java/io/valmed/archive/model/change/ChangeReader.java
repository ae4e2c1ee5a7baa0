package io.valmed.archive.model.change;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.valmed.archive.model.TableSchema;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ChangeWriter} wrote, streaming, for one version of one table. Not for use by
 * several threads at once.
 */
public final class ChangeReader {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private final TableSchema schema;
  private final boolean beforeImages;
  private final String[] names;
  private final Map<String, Integer> indexes = new HashMap<>();

  /** One that skips what an update replaced. */
  public ChangeReader(TableSchema schema) {
    this(schema, false);
  }

  private ChangeReader(TableSchema schema, boolean beforeImages) {
    this.schema = schema;
    this.beforeImages = beforeImages;
    this.names = schema.columnNames().toArray(String[]::new);
    for (int i = 0; i < names.length; i++) {
      indexes.put(names[i], i);
    }
  }

  /** One that also reads what an update replaced. */
  public static ChangeReader ofBothImages(TableSchema schema) {
    return new ChangeReader(schema, true);
  }

  /** The version this reader reads. */
  public TableSchema schema() {
    return schema;
  }

  /**
   * Reads an envelope.
   *
   * @throws MalformedChangeException when the bytes are no envelope of this version; its message
   *     never holds a column's value
   */
  public Change read(byte[] value) throws MalformedChangeException {
    try (JsonParser in = JSON.createParser(value)) {
      return new Envelope(in).read();
    } catch (JsonParseException e) {
      // Jackson's message may quote the text around the fault, which may be a patient's.
      throw new MalformedChangeException(
          "the change of "
              + schema.table()
              + " is no JSON, at byte "
              + e.getLocation().getByteOffset());
    } catch (IOException | RuntimeException e) {
      throw new MalformedChangeException(
          "the change of "
              + schema.table()
              + " version "
              + schema.version()
              + " cannot be read: "
              + (e instanceof MalformedChangeException ? e.getMessage() : e.getClass().getName()));
    }
  }

  /** One pass over one envelope. */
  private final class Envelope {
    private final JsonParser in;
    private @Nullable Operation operation;
    private @Nullable DepartureCause cause;
    private int epoch;
    private long lsn;
    private long txid;
    private long committedAtMicros;
    private @Nullable RowImage before;
    private @Nullable RowImage after;

    Envelope(JsonParser in) {
      this.in = in;
    }

    Change read() throws IOException {
      expect(in.nextToken(), JsonToken.START_OBJECT);
      for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
        in.nextToken();
        member(member);
      }
      if (operation == null || epoch == 0) {
        throw new MalformedChangeException("'op' or 'source.epoch' is missing");
      }
      return new Change(
          operation, new Evidence(epoch, lsn, txid, committedAtMicros), cause, before, after);
    }

    private void member(String member) throws IOException {
      switch (member) {
        case "op" -> operation = Operation.of(in.getText());
        case ChangeWriter.CAUSE -> cause = DepartureCause.of(in.getText());
        case "source" -> source();
        case "before" -> {
          if (operation == Operation.UPDATE && !beforeImages) {
            in.skipChildren();
          } else {
            before = image();
          }
        }
        case "after" -> after = image();
        default -> in.skipChildren();
      }
    }

    private void source() throws IOException {
      expect(in.currentToken(), JsonToken.START_OBJECT);
      for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
        in.nextToken();
        switch (member) {
          case "epoch" -> epoch = in.getIntValue();
          case "lsn" -> lsn = in.getLongValue();
          case "txId" -> txid = in.getLongValue();
          case "ts_us" -> committedAtMicros = in.getLongValue();
          default -> in.skipChildren();
        }
      }
    }

    private @Nullable RowImage image() throws IOException {
      if (in.currentToken() == JsonToken.VALUE_NULL) {
        return null;
      }
      expect(in.currentToken(), JsonToken.START_OBJECT);
      @Nullable String[] values = new String[names.length];
      int seen = 0;
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        int column = seen < names.length && names[seen].equals(name) ? seen : index(name);
        values[column] = in.nextToken() == JsonToken.VALUE_NULL ? null : text();
        seen++;
      }
      if (seen != names.length) {
        throw new MalformedChangeException(
            "the image has " + seen + " columns, the version has " + names.length);
      }
      return new RowImage(values);
    }

    private String text() throws IOException {
      expect(in.currentToken(), JsonToken.VALUE_STRING);
      return in.getText();
    }

    private int index(String name) throws MalformedChangeException {
      Integer index = indexes.get(name);
      if (index == null) {
        throw new MalformedChangeException("column " + name + " is not in the version");
      }
      return index;
    }

    private void expect(@Nullable JsonToken found, JsonToken wanted)
        throws MalformedChangeException {
      if (found != wanted) {
        throw new MalformedChangeException("expected " + wanted + ", found " + found);
      }
    }
  }
}
