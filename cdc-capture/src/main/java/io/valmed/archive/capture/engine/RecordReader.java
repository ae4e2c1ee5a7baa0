package io.valmed.archive.capture.engine;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.runtime.StopException;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Turns the engine's records into events. Used by the engine's thread alone. */
final class RecordReader {
  private static final String TRANSACTION = "io.debezium.connector.common.TransactionMetadataValue";

  private final Wire wire;

  /**
   * @param wire what the replication connection saw that the records do not tell
   */
  RecordReader(Wire wire) {
    this.wire = wire;
  }

  /**
   * The event of the record.
   *
   * @throws StopException when it is not as the connector's version that the product was built with
   *     makes it, or a value did not come as it stands in hot
   */
  SourceEvent read(SourceRecord record) {
    if (!(record.value() instanceof Struct value)) {
      throw strange("a record without a value");
    }
    if (TRANSACTION.equals(value.schema().name())) {
      return boundary(record, value);
    }
    Struct source = value.getStruct("source");
    String operation = value.getString("op");
    return switch (operation) {
      case "c" -> row(value, source, Operation.CREATE);
      case "u" -> row(value, source, Operation.UPDATE);
      case "d" -> row(value, source, Operation.DELETE);
      case "t" -> new SourceEvent.Oddity("truncate", announced(source).table().id(), place(source));
      case "m" -> new SourceEvent.Oddity("message", null, place(source));
      default -> throw strange("the unknown operation '" + operation + "'");
    };
  }

  private SourceEvent boundary(SourceRecord record, Struct value) {
    String id = value.getString("id");
    int colon = id.indexOf(':');
    String txid = colon < 0 ? id : id.substring(0, colon);
    if ("BEGIN".equals(value.getString("status"))) {
      return new SourceEvent.Begin(txid);
    }
    Wire.Ended ended = wire.nextEnded();
    if (ended == null
        || !ended.txid().equals(txid)
        || !(record.sourceOffset().get("lsn_commit") instanceof Long end)
        || end != ended.lsn()) {
      throw strange("the end of transaction " + txid + ", which hot did not end there");
    }
    return new SourceEvent.End(txid, ended.events(), end);
  }

  private SourceEvent row(Struct value, Struct source, Operation operation) {
    Announced table = announced(source);
    RowImage before =
        operation == Operation.CREATE ? null : image(value.getStruct("before"), table, null);
    RowImage after =
        operation == Operation.DELETE ? null : image(value.getStruct("after"), table, before);
    return new SourceEvent.RowChange(
        table.table(), operation, before, after, whole(before) && whole(after), place(source));
  }

  private Announced announced(Struct source) {
    return wire.announcements().of(source.getString("table"));
  }

  private static boolean whole(@Nullable RowImage image) {
    for (int i = 0; image != null && i < image.size(); i++) {
      if (SourceEvent.notSent(image.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param before the row before, which a value that hot did not send again is taken from
   */
  private @Nullable RowImage image(
      @Nullable Struct row, Announced table, @Nullable RowImage before) {
    if (row == null || table.width() == 0) {
      return null;
    }
    List<Field> fields = row.schema().fields();
    if (fields.size() != table.width()) {
      throw strange(
          "a row of %s with %d columns, but hot had announced %d"
              .formatted(table.table().id(), fields.size(), table.width()));
    }
    @Nullable String[] values = new String[table.size()];
    for (int i = 0; i < values.length; i++) {
      Field field = fields.get(table.position(i));
      Object value = row.get(field);
      if (value == null) {
        continue;
      }
      if (!(value instanceof String text) || field.schema().defaultValue() != null) {
        throw strange(
            "column %s of %s in a form that is not PostgreSQL's text"
                .formatted(table.table().columns().get(i), table.table().id()));
      }
      if (text.equals(wire.notSent())) {
        String known = before == null ? null : before.get(i);
        values[i] = known == null ? SourceEvent.NOT_SENT : known;
      } else {
        values[i] = text;
      }
    }
    return new RowImage(values);
  }

  private static Place place(Struct source) {
    Long lsn = source.getInt64("lsn");
    Long txid = source.getInt64("txId");
    Long micros = source.getInt64("ts_us");
    if (lsn == null || micros == null) {
      throw strange("a change without its position");
    }
    // A logical message outside of transactions has neither, whatever stood there before.
    return txid == null
        ? new Place(lsn, 0, 0, null)
        : new Place(lsn, txid, micros, source.getString("origin"));
  }

  private static StopException strange(String what) {
    return new StopException(
        "The engine handed on "
            + what
            + "; use the version of Debezium that the product was built with, or 'capture: {"
            + " stream: direct }'.");
  }
}
