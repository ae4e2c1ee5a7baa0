package io.valmed.archive.capture.debezium;

import io.valmed.archive.capture.SourceEvent;
import io.valmed.archive.capture.StreamedTable;
import io.valmed.archive.model.Operation;
import io.valmed.archive.model.RowImage;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Turns the connector's records into events. Used by one thread. */
final class EventReader {
  private static final int MOST_SHAPES = 1000;
  private static final String NEW_KEY = "__debezium.newkey";
  private static final String TRANSACTION = "io.debezium.connector.common.TransactionMetadataValue";

  private static final String OLD_KEY = "__debezium.oldkey";

  private final Relations relations;
  private final IdentityHashMap<Schema, Shape> shapes = new IdentityHashMap<>();

  /**
   * @param relations what the decoder was told of each envelope's table
   */
  EventReader(Relations relations) {
    this.relations = relations;
  }

  /** What all records with the same schema object have in common. */
  private record Shape(StreamedTable table, List<Field> columns) {}

  /**
   * @throws StopException when a value did not come as it stands in hot
   */
  SourceEvent read(SourceRecord record) {
    Struct value = (Struct) record.value();
    if (value == null) {
      throw new StopException(
          "The connector handed on a record without a value; this is a fault of the product.");
    }
    if (TRANSACTION.equals(value.schema().name())) {
      return boundary(record, value);
    }
    String op = value.getString("op");
    Struct source = value.getStruct("source");
    return switch (op) {
      case "c" -> row(record, value, source, Operation.CREATE);
      case "u" -> row(record, value, source, Operation.UPDATE);
      case "d" -> row(record, value, source, Operation.DELETE);
      case "t" -> new SourceEvent.Oddity("truncate", table(source), place(source));
      case "m" -> new SourceEvent.Oddity("message", null, place(source));
      default ->
          throw new StopException(
              "The connector handed on the unknown operation '"
                  + op
                  + "'; use the connector's version that the product was built with.");
    };
  }

  private static SourceEvent boundary(SourceRecord record, Struct value) {
    String id = value.getString("id");
    int colon = id.indexOf(':');
    String txid = colon < 0 ? id : id.substring(0, colon);
    if ("BEGIN".equals(value.getString("status"))) {
      return new SourceEvent.Begin(txid);
    }
    Object lsn = record.sourceOffset().get("lsn_commit");
    if (!(lsn instanceof Long end)) {
      throw new StopException(
          "A transaction's end came without its position; this is a fault of the product.");
    }
    return new SourceEvent.End(txid, value.getInt64("event_count"), end);
  }

  private SourceEvent row(SourceRecord record, Struct value, Struct source, Operation operation) {
    Shape shape = shapes.get(value.schema());
    if (shape == null) {
      shape = shape(value.schema(), table(source));
    }
    RowImage before = operation == Operation.CREATE ? null : image(value, "before", shape);
    RowImage after = operation == Operation.DELETE ? null : image(value, "after", shape);
    String half = operation == Operation.DELETE ? NEW_KEY : OLD_KEY;
    boolean rekeyed = operation != Operation.UPDATE && record.headers().lastWithName(half) != null;
    boolean whole = whole(before) && whole(after);
    return new SourceEvent.RowChange(
        shape.table(), operation, before, after, rekeyed, whole, place(source));
  }

  private static boolean whole(@Nullable RowImage image) {
    for (int i = 0; image != null && i < image.size(); i++) {
      if (SourceEvent.notSent(image.get(i))) {
        return false;
      }
    }
    return true;
  }

  private Shape shape(Schema envelope, TableId table) {
    List<Field> columns = List.copyOf(envelope.field("after").schema().fields());
    for (Field column : columns) {
      if (column.schema().defaultValue() != null) {
        throw new StopException(
            "Column %s of %s would read as its default where it is NULL; this is a fault of the product."
                .formatted(column.name(), table));
      }
    }
    if (shapes.size() >= MOST_SHAPES) {
      shapes.clear();
    }
    List<String> names = columns.stream().map(Field::name).toList();
    Shape shape = new Shape(new StreamedTable(table, relations.of(envelope), names), columns);
    shapes.put(envelope, shape);
    return shape;
  }

  private static @Nullable RowImage image(Struct value, String member, Shape shape) {
    Struct row = value.getStruct(member);
    if (row == null) {
      return null;
    }
    List<Field> columns = shape.columns();
    @Nullable String[] values = new String[columns.size()];
    for (int i = 0; i < values.length; i++) {
      String text = (String) row.get(columns.get(i));
      if (PlainTextConverter.unreadable(text)) {
        throw new StopException(
            "Column %s of %s came in a form that is not PostgreSQL's text; this is a fault of the product."
                .formatted(columns.get(i).name(), shape.table().id()));
      }
      values[i] = text;
    }
    return new RowImage(values);
  }

  private static TableId table(Struct source) {
    return new TableId(source.getString("schema"), source.getString("table"));
  }

  private static SourceEvent.Place place(Struct source) {
    Long lsn = source.getInt64("lsn");
    Long txid = source.getInt64("txId");
    Long micros = source.getInt64("ts_us");
    return new SourceEvent.Place(
        lsn == null ? 0 : lsn,
        txid == null ? 0 : txid,
        micros == null ? 0 : micros,
        source.getString("origin"));
  }
}
