package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.connector.postgresql.connection.OriginMessage;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.connector.postgresql.connection.ReplicationMessage.Column;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.runtime.StopException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns the decoder's messages into events. Used by the stream's thread alone. */
final class EventReader {
  private final AnnouncedTables tables;
  private @Nullable Instant committed;
  private long committedAtMicros;
  private @Nullable String origin;
  private long events;

  /**
   * @param tables what the decoder was told of each row's table
   */
  EventReader(AnnouncedTables tables) {
    this.tables = tables;
  }

  /**
   * The event of the message; null: it is none.
   *
   * @param lsn the message's position in the WAL; a commit's: the end of its record
   * @throws StopException when a value did not come as it stands in hot
   */
  @Nullable SourceEvent read(ReplicationMessage message, long lsn) {
    return switch (message.getOperation()) {
      case BEGIN -> {
        origin = null;
        events = 0;
        yield new SourceEvent.Begin(Long.toString(txid(message)));
      }
      case COMMIT -> new SourceEvent.End(Long.toString(txid(message)), events, lsn);
      case ORIGIN -> {
        origin = ((OriginMessage) message).getOriginName();
        yield null;
      }
      case MESSAGE -> oddity("message", null, message, lsn);
      case TRUNCATE -> oddity("truncate", AnnouncedTables.named(message.getTable()), message, lsn);
      case INSERT -> row(Operation.CREATE, message, lsn);
      case UPDATE -> row(Operation.UPDATE, message, lsn);
      case DELETE -> row(Operation.DELETE, message, lsn);
      default ->
          throw new StopException(
              "The connector handed on the unknown operation '"
                  + message.getOperation()
                  + "'; use the connector's version that the product was built with.");
    };
  }

  private SourceEvent oddity(
      String kind, @Nullable TableId table, ReplicationMessage message, long lsn) {
    Place place = place(message, lsn);
    // A logical message outside of transactions has no txid and is in no count.
    events += place.txid() == 0 ? 0 : 1;
    return new SourceEvent.Oddity(kind, table, place);
  }

  private SourceEvent row(Operation operation, ReplicationMessage message, long lsn) {
    if (message.isSkippedMessage()) {
      throw new StopException(
          "The connector does not know the table of a row; this is a fault of the product.");
    }
    AnnouncedTable table = tables.asked(message.getTable());
    RowImage before =
        operation == Operation.CREATE ? null : image(message.getOldTupleList(), table, null);
    RowImage after =
        operation == Operation.DELETE ? null : image(message.getNewTupleList(), table, before);
    events++;
    return new RowChange(
        table.streamed(),
        operation,
        before,
        after,
        whole(before) && whole(after),
        place(message, lsn));
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
  private static @Nullable RowImage image(
      @Nullable List<Column> columns, AnnouncedTable table, @Nullable RowImage before) {
    if (columns == null || columns.isEmpty()) {
      return null;
    }
    if (columns.size() != table.width()) {
      throw new StopException(
          "A row of %s came with %d columns, but hot had announced %d; this is a fault of the product."
              .formatted(table.streamed().id(), columns.size(), table.width()));
    }
    @Nullable String[] values = new String[table.size()];
    for (int i = 0; i < values.length; i++) {
      Column column = columns.get(table.position(i));
      Object value = column.getValue(null, true);
      if (value instanceof String text) {
        values[i] = text;
      } else if (column.isToastedColumn()
          || UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)) {
        String known = before == null ? null : before.get(i);
        values[i] = known == null ? SourceEvent.NOT_SENT : known;
      } else if (value != null) {
        throw new StopException(
            "Column %s of %s came in a form that is not PostgreSQL's text; this is a fault of the product."
                .formatted(column.getName(), table.streamed().id()));
      }
    }
    return new RowImage(values);
  }

  private Place place(ReplicationMessage message, long lsn) {
    Instant time = message.getCommitTime();
    if (!Objects.equals(time, committed)) {
      committed = time;
      committedAtMicros = time == null ? 0 : ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
    long txid = txid(message);
    return new Place(lsn, txid, committedAtMicros, txid == 0 ? null : origin);
  }

  private static long txid(ReplicationMessage message) {
    return message.getTransactionId().orElse(0);
  }
}
